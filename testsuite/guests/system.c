// What a program sees of the system: arguments, environment, stdin, clocks, random, poll.
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) printf("argument %d: [%s]\n", i, argv[i]);
  printf("COLOUR=%s HOME=%s\n", getenv("COLOUR") ? getenv("COLOUR") : "unset",
         getenv("HOME") ? getenv("HOME") : "unset");

  char line[256];
  int lines = 0;
  size_t bytes = 0;
  while (fgets(line, sizeof line, stdin)) lines++, bytes += strlen(line);
  printf("stdin: %d lines, %zu bytes, last %s", lines, bytes, line);

  struct timespec before, after, wall, resolution;
  clock_gettime(CLOCK_MONOTONIC, &before);
  clock_gettime(CLOCK_REALTIME, &wall);
  clock_getres(CLOCK_MONOTONIC, &resolution);
  struct timespec nap = {0, 20000000};
  if (nanosleep(&nap, 0)) printf("FAILED sleep\n");
  clock_gettime(CLOCK_MONOTONIC, &after);
  long long slept = (after.tv_sec - before.tv_sec) * 1000000000ll + (after.tv_nsec - before.tv_nsec);
  printf("slept enough: %d, not too long: %d, wall clock sane: %d, resolution sane: %d\n", slept >= 20000000,
         slept < 5000000000ll, wall.tv_sec > 1700000000, resolution.tv_sec == 0 && resolution.tv_nsec > 0);

  unsigned char a[32] = {0}, b[32] = {0};
  if (getentropy(a, sizeof a) || getentropy(b, sizeof b)) printf("FAILED entropy\n");
  printf("random differs: %d\n", memcmp(a, b, sizeof a) != 0);

  struct pollfd out = {.fd = 1, .events = POLLOUT};
  printf("poll: %d\n", poll(&out, 1, 1000) == 1 && (out.revents & POLLOUT));
  fprintf(stderr, "to stderr\n");
  fflush(stdout);
  return 3;
}
