// Files below a granted directory: write, read back, seek, append, stat, list, rename, remove.
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void fail(const char *what) {
  printf("FAILED %s: %s\n", what, strerror(errno));
}

int main(void) {
  FILE *f = fopen("/data/notes.txt", "w");
  if (!f) return fail("create"), 1;
  for (int i = 0; i < 1000; i++) fprintf(f, "line %d\n", i);
  if (fclose(f)) fail("close");

  f = fopen("/data/notes.txt", "r+");
  char line[64];
  long sum = 0;
  int lines = 0;
  while (fgets(line, sizeof line, f)) {
    int n;
    if (sscanf(line, "line %d", &n) == 1) sum += n, lines++;
  }
  printf("%d lines, sum %ld\n", lines, sum);
  if (fseek(f, 7 * 3, SEEK_SET)) fail("seek");
  if (!fgets(line, sizeof line, f)) fail("read after seek");
  printf("at 21: %s", line);
  fseek(f, 0, SEEK_SET);
  fputs("LINE", f);
  fclose(f);

  f = fopen("/data/notes.txt", "a");
  fputs("the end\n", f);
  printf("position after append: %ld\n", ftell(f));
  fclose(f);

  struct stat st;
  if (stat("/data/notes.txt", &st)) fail("stat");
  printf("size %lld, regular %d\n", (long long)st.st_size, S_ISREG(st.st_mode));

  if (mkdir("/data/sub", 0755)) fail("mkdir");
  if (rename("/data/notes.txt", "/data/sub/moved.txt")) fail("rename");
  printf("old name: %s\n", stat("/data/notes.txt", &st) ? strerror(errno) : "still there");
  DIR *d = opendir("/data/sub");
  if (!d) return fail("opendir"), 1;
  for (struct dirent *e; (e = readdir(d));)
    if (e->d_name[0] != '.') printf("entry %s\n", e->d_name);
  closedir(d);

  f = fopen("/data/sub/moved.txt", "r");
  if (!fgets(line, sizeof line, f)) fail("read moved");
  printf("first: %s", line);
  fclose(f);
  if (rmdir("/data/sub") == 0) printf("FAILED removed a full directory\n");
  if (unlink("/data/sub/moved.txt")) fail("unlink");
  if (rmdir("/data/sub")) fail("rmdir");

  f = fopen("/data/../secret.txt", "r");
  printf("outside: %s\n", f ? "OPENED" : "refused");
  f = fopen("/data/link", "r");
  printf("link to outside: %s\n", f ? "OPENED" : "refused");
  f = fopen("/etc/passwd", "r");
  printf("not granted: %s\n", f ? "OPENED" : "refused");
  f = fopen("/data/given.txt", "r");
  if (!f || !fgets(line, sizeof line, f)) return fail("given"), 1;
  printf("given: %s", line);
  return 0;
}
