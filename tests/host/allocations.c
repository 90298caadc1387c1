// Allocates, resizes and frees as its first argument says, between two bytes that it waits for on standard input;
// test_memleak_here.py knows what is left of each.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096
#define LARGE ((size_t)1 << 60)
static void *volatile held[40000];
static const char *wanted;

static void wait_for_byte(void) {
  char byte;
  if (read(0, &byte, 1) != 1) _exit(0);
}
static int is(const char *name) { return !strcmp(wanted, name); }
static void *map_at(void *address, size_t pages, int flags) {
  return mmap(address, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}
static void *map(size_t pages) { return map_at(0, pages, 0); }
// Two mappings side by side, which the kernel may take for one.
static char *map_pair(void) {
  char *room = map(20);
  for (int i = 0; i < 2; i++) map_at(room + i * 10 * PAGE, 10, MAP_FIXED);
  return room;
}

static void *many(void *unused) {
  for (int i = 0; i < 10000; i++) held[i] = malloc(40);
  return unused;
}
static void *first(void *unused) {
  held[0] = malloc(40);
  return unused;
}
static void *produce(void *unused) {
  for (int i = 0; i < 1000; i++) held[i] = malloc(300);
  return unused;
}
static void *consume(void *unused) {
  for (int i = 0; i < 1000; i++) free(held[i]);
  return unused;
}
static void run(void *(*of_thread)(void *)) {
  pthread_t thread;
  pthread_create(&thread, 0, of_thread, 0);
  pthread_join(thread, 0);
}

static void blocks(void) {
  if (is("large")) held[0] = malloc(1000000), free(malloc(2000000));
  if (is("grown")) {
    char *block = malloc(200000);
    for (size_t size = 400000; size < 30000000; size *= 2) memset(block = realloc(block, size), 1, size);
    free(block);
  }
  if (is("grown_little")) {
    char *block = malloc(100);
    for (size_t size = 200; size < 100000; size += 500) block = realloc(block, size);
    free(block);
  }
  if (is("shrunk")) held[0] = realloc(malloc(100000), 5000);
  if (is("shrunk_large")) held[0] = realloc(malloc(1000000), 300000);
  if (is("refused")) for (int i = 0; i < 100; i++) held[i] = malloc(LARGE);
  if (is("refused_resizing")) held[0] = malloc(1000), held[1] = realloc(held[0], LARGE);
  if (is("aligned")) {
    void *block;
    posix_memalign(&block, 64, 777);
    held[0] = block, held[1] = aligned_alloc(64, 640), held[2] = calloc(11, 13), held[3] = valloc(500000);
  }
  if (is("array")) held[0] = reallocarray(0, 10, 77);
  if (is("copies")) for (int i = 0; i < 10; i++) held[i] = strdup("0123456789");
  if (is("forked")) {
    void *block = malloc(500);
    held[0] = malloc(600);
    if (!fork()) {
      free(block), free(held[0]);
      _exit(0);
    }
    wait(0);
    free(block);
  }
}

static void threads(void) {
  if (is("threads")) run(many), run(many);
  if (is("first_of_thread")) run(first);
  if (is("handed_over")) run(produce), run(consume);
}

static void mappings(void) {
  char *mapped = 0;
  if (is("mapped")) held[0] = map(16), munmap(map(16), 16 * PAGE);
  if (is("not_mapped")) for (int i = 0; i < 10; i++) mmap(0, LARGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (is("moved_and_unmapped")) munmap(mremap(map(16), 16 * PAGE, 256 * PAGE, MREMAP_MAYMOVE), 256 * PAGE);
  if (is("moved")) mremap(map(16), 16 * PAGE, 256 * PAGE, MREMAP_MAYMOVE);
  if (is("moved_small")) mremap(map(16), 16 * PAGE, 3 * PAGE, 0);
  if (is("moved_part")) mremap((char *)map(16) + 4 * PAGE, 4 * PAGE, 8 * PAGE, MREMAP_MAYMOVE);
  if (is("not_moved")) mremap(map(16), 16 * PAGE, LARGE, MREMAP_MAYMOVE);
  if (is("front")) munmap(map(10), 3 * PAGE);
  if (is("back")) mapped = map(10), munmap(mapped + 7 * PAGE, 3 * PAGE);
  if (is("middle")) mapped = map(10), munmap(mapped + 4 * PAGE, 2 * PAGE);
  if (is("in_parts")) {
    mapped = map(10);
    munmap(mapped + 4 * PAGE, 2 * PAGE), munmap(mapped + 6 * PAGE, 4 * PAGE), munmap(mapped, 4 * PAGE);
  }
  if (is("across")) mapped = map_pair(), munmap(mapped + 8 * PAGE, 4 * PAGE);
  if (is("both")) mapped = map_pair(), munmap(mapped, 20 * PAGE);
  if (is("odd_bytes")) mapped = mmap(0, 5000, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), munmap(mapped + PAGE, 1);
  if (is("replaced")) mapped = map(10), map_at(mapped, 10, MAP_FIXED);
  if (is("very_many")) for (int i = 0; i < 2000; i++) held[i] = map(1);
  if (is("very_many_unmapped")) {
    for (int i = 0; i < 2000; i++) held[i] = map(1);
    for (int i = 0; i < 2000; i++) munmap(held[i], PAGE);
  }
}

int main(int argc, char **argv) {
  wanted = argc > 1 ? argv[1] : "";
  wait_for_byte();
  blocks();
  threads();
  mappings();
  write(1, "d", 1);
  wait_for_byte();
}
