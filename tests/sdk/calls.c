// Counts a process's socket calls: LD_PRELOAD=calls.so CALLS=file, whose first sixteen bytes are how often it sent and received.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { SENT, RECEIVED };
static _Atomic int64_t *counts = MAP_FAILED;

__attribute__((constructor)) static void find(void) {
  const char *path = getenv("CALLS");
  int file = path ? open(path, O_RDWR) : -1;
  if (file >= 0) counts = mmap(NULL, 2 * sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
}

static void count(int which) {
  if (counts != MAP_FAILED) counts[which]++;
}

ssize_t send(int socket, const void *bytes, size_t length, int flags) {
  count(SENT);
  return syscall(SYS_sendto, socket, bytes, length, flags, NULL, 0);
}

ssize_t sendmsg(int socket, const struct msghdr *message, int flags) {
  count(SENT);
  return syscall(SYS_sendmsg, socket, message, flags);
}

ssize_t write(int file, const void *bytes, size_t length) {
  count(SENT);
  return syscall(SYS_write, file, bytes, length);
}

ssize_t writev(int file, const struct iovec *pieces, int number) {
  count(SENT);
  return syscall(SYS_writev, file, pieces, number);
}

ssize_t recv(int socket, void *bytes, size_t length, int flags) {
  count(RECEIVED);
  return syscall(SYS_recvfrom, socket, bytes, length, flags, NULL, NULL);
}

ssize_t recvmsg(int socket, struct msghdr *message, int flags) {
  count(RECEIVED);
  return syscall(SYS_recvmsg, socket, message, flags);
}

ssize_t read(int file, void *bytes, size_t length) {
  count(RECEIVED);
  return syscall(SYS_read, file, bytes, length);
}

ssize_t readv(int file, const struct iovec *pieces, int number) {
  count(RECEIVED);
  return syscall(SYS_readv, file, pieces, number);
}
