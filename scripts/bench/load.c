// A load generator: load PORT CONNECTIONS SECONDS PATH. Sends a request over each connection as soon as the answer to the one before has come, and prints requests a
// second and the median and 99th percentile of their times in microseconds. Answers must have a length.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static int compare(const void *a, const void *b) {
    uint32_t x = *(uint32_t *)a, y = *(uint32_t *)b;
    return (x > y) - (x < y);
}

struct conn {
    int fd, len;
    uint64_t sent;
    char answer[16384];
};

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    int port = atoi(argv[1]), count = atoi(argv[2]);
    double seconds = atof(argv[3]);
    char request[512];
    int len = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", argv[4]);
    int poll = epoll_create1(0);
    struct conn *conns = calloc(count, sizeof *conns);
    uint32_t *times = malloc(sizeof *times * 20000000);
    size_t done = 0;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    uint64_t start = now(), end = start + seconds * 1e9;
    for (int i = 0; i < count; i++) {
        int one = 1;
        conns[i].fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(conns[i].fd, (struct sockaddr *)&to, sizeof to)) return perror("connect"), 1;
        setsockopt(conns[i].fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &conns[i]};
        epoll_ctl(poll, EPOLL_CTL_ADD, conns[i].fd, &event);
        conns[i].sent = now();
        if (write(conns[i].fd, request, len) != len) return 1;
    }
    while (now() < end) {
        struct epoll_event events[64];
        int ready = epoll_wait(poll, events, 64, 100);
        for (int i = 0; i < ready; i++) {
            struct conn *c = events[i].data.ptr;
            int n = read(c->fd, c->answer + c->len, sizeof c->answer - 1 - c->len);
            if (n <= 0) return fprintf(stderr, "the connection was closed\n"), 1;
            c->len += n;
            c->answer[c->len] = 0;
            char *body = strstr(c->answer, "\r\n\r\n"), *length = strcasestr(c->answer, "content-length: ");
            if (!body) continue;
            if (length && length < body) {
                if (c->answer + c->len < body + 4 + atoi(length + 16)) continue;
            } else if (!strstr(body, "\r\n0\r\n\r\n")) {
                continue;
            }
            uint64_t t = now();
            if (strncmp(c->answer, "HTTP/1.1 200", 12)) return fprintf(stderr, "%.30s\n", c->answer), 1;
            if (done < 20000000) times[done++] = (t - c->sent) / 1000;
            c->len = 0;
            c->sent = t;
            if (write(c->fd, request, len) != len) return 1;
        }
    }
    double took = (now() - start) / 1e9;
    qsort(times, done, sizeof *times, compare);
    printf("%.0f %u %u\n", done / took, times[done / 2], times[done * 99 / 100]);
}
