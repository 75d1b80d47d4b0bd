/* What scripts/bench-io.sh measures: one operation, named by the first argument, in the directory `.` (native) or `/d` (WASI). */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FILES = 100000, SMALL = 500000, LARGE = 10000, BLOCK = 65536, CLOCKS = 2000000 };

static char block[BLOCK];

static void need(int fine, const char *what) {
    if (!fine) {
        perror(what);
        exit(1);
    }
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void writes(const char *path, size_t size, int count) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    need(fd >= 0, path);
    for (int i = 0; i < count; i++) {
        /* A short file that is written again and again. */
        if (i % 1000 == 0) need(lseek(fd, 0, SEEK_SET) == 0, "lseek");
        need(write(fd, block, size) == (ssize_t)size, "write");
    }
    close(fd);
}

static void reads(const char *path) {
    int fd = open(path, O_RDONLY);
    need(fd >= 0, path);
    long long total = 0;
    while (total < 1000000000) {
        ssize_t n = read(fd, block, BLOCK);
        need(n >= 0, "read");
        if (n == 0) need(lseek(fd, 0, SEEK_SET) == 0, "lseek");
        total += n;
    }
    close(fd);
}

int main(int argc, char **argv) {
    need(argc == 3 && chdir(argv[2]) == 0, "usage: io OPERATION DIRECTORY");
    char name[64];
    struct stat st;
    double start = now();
    if (!strcmp(argv[1], "write1")) {
        writes("data", 1, SMALL);
    } else if (!strcmp(argv[1], "write64k")) {
        writes("data", BLOCK, LARGE);
    } else if (!strcmp(argv[1], "read1g")) {
        reads("data");
    } else if (!strcmp(argv[1], "create")) {
        need(mkdir("many", 0700) == 0, "mkdir");
        for (int i = 0; i < FILES; i++) {
            sprintf(name, "many/%d", i);
            int fd = open(name, O_WRONLY | O_CREAT, 0600);
            need(fd >= 0, name);
            close(fd);
        }
    } else if (!strcmp(argv[1], "stat")) {
        for (int i = 0; i < FILES; i++) {
            sprintf(name, "many/%d", i);
            need(stat(name, &st) == 0, name);
        }
    } else if (!strcmp(argv[1], "open")) {
        for (int i = 0; i < FILES; i++) {
            sprintf(name, "many/%d", i);
            int fd = open(name, O_RDONLY);
            need(fd >= 0, name);
            close(fd);
        }
    } else if (!strcmp(argv[1], "readdir")) {
        DIR *dir = opendir("many");
        need(dir != NULL, "many");
        int count = 0;
        while (readdir(dir)) count++;
        need(count == FILES + 2, "count");
        closedir(dir);
    } else if (!strcmp(argv[1], "clock")) {
        double last = 0;
        for (int i = 0; i < CLOCKS; i++) last = now();
        need(last > 0, "clock");
    } else {
        need(0, argv[1]);
    }
    printf("%.6f\n", now() - start);
    return 0;
}
