// How long a program takes to start: start COUNT PROGRAM [ARGUMENT]... starts it and waits for its end, start -p PORT COUNT PROGRAM [ARGUMENT]... starts a server, connects to this port of
// this machine as soon as somebody listens there, asks for / and waits for the first bytes of the answer. Prints the shortest and the median time of COUNT rounds in microseconds.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static int compare(const void *a, const void *b) {
    uint64_t x = *(uint64_t *)a, y = *(uint64_t *)b;
    return (x > y) - (x < y);
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void answered(int port) {
    static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (;;) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        char answer[4096];
        if (fd < 0) fail("socket");
        if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) {
            if (write(fd, request, sizeof request - 1) < 0) fail("write");
            ssize_t len = read(fd, answer, sizeof answer);
            close(fd);
            if (len < 12 || memcmp(answer, "HTTP/1.1 200", 12)) exit((fputs("no answer\n", stderr), 1));
            return;
        }
        close(fd);
        if (errno != ECONNREFUSED) fail("connect");
        usleep(20);
    }
}

int main(int argc, char **argv) {
    int port = 0, at = 1;
    if (argc > 3 && !strcmp(argv[1], "-p")) port = atoi(argv[2]), at = 3;
    if (argc < at + 2) return fputs("start [-p PORT] COUNT PROGRAM [ARGUMENT]...\n", stderr), 2;
    int count = atoi(argv[at++]);
    if (count < 1) return 2;
    uint64_t *times = malloc(count * sizeof *times);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    for (int i = 0; i < count; i++) {
        pid_t pid;
        int status;
        uint64_t begun = now();
        if ((errno = posix_spawn(&pid, argv[at], &actions, NULL, argv + at, environ))) fail(argv[at]);
        if (port) {
            answered(port);
            times[i] = now() - begun;
            kill(pid, SIGTERM);
            waitpid(pid, &status, 0);
        } else {
            waitpid(pid, &status, 0);
            times[i] = now() - begun;
            if (!WIFEXITED(status) || WEXITSTATUS(status)) return fputs("the program failed\n", stderr), 1;
        }
    }
    qsort(times, count, sizeof *times, compare);
    printf("%.0f %.0f\n", times[0] / 1e3, times[count / 2] / 1e3);
}
