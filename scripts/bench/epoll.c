// A plain server beside which others are measured: epoll PORT [WORKERS]. Answers any request with a line; each worker is a process with a socket and an epoll of its own. It takes
// for granted that a request comes whole and has no body.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <signal.h>
#include <unistd.h>

static const char ANSWER[] = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 13\r\n\r\nHello, world!";

static int serve(int port) {
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), poll = epoll_create1(0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 1024)) return perror("listen"), 1;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        struct epoll_event events[64];
        int ready = epoll_wait(poll, events, 64, -1);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                int conn = accept4(listener, 0, 0, SOCK_NONBLOCK);
                if (conn < 0) continue;
                setsockopt(conn, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                struct epoll_event event = {.events = EPOLLIN, .data.fd = conn};
                epoll_ctl(poll, EPOLL_CTL_ADD, conn, &event);
                continue;
            }
            char request[8192];
            int len = read(fd, request, sizeof request);
            if (len <= 0 || write(fd, ANSWER, sizeof ANSWER - 1) < 0) close(fd);
        }
    }
}

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    int port = atoi(argv[1]), workers = argc > 2 ? atoi(argv[2]) : 1;
    signal(SIGPIPE, SIG_IGN);
    for (int i = 1; i < workers; i++)
        if (!fork()) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            return serve(port);
        }
    return serve(port);
}
