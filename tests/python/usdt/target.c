// Hits probes, as many as each line of standard input says: "kinds 5", "guarded 3". Says "done N" after each, N being
// how often a guarded probe was taken.
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define _SDT_HAS_SEMAPHORES 1
#include <sys/sdt.h>

#define SEMAPHORE(name) __extension__ unsigned short name##_semaphore __attribute__((unused, section(".probes")))
SEMAPHORE(app_guarded);
SEMAPHORE(app_plain);
SEMAPHORE(app_count);
SEMAPHORE(app_kinds);
SEMAPHORE(app_text);
SEMAPHORE(app_global);
SEMAPHORE(app_many);
SEMAPHORE(other_count);
SEMAPHORE(app_thread);

int64_t counter = -7;
int32_t small_counter = -70;
double number = 2.5;
void part_call(long n);

__attribute__((noinline)) static void kinds(int n) {
  volatile int8_t a = (int8_t)(-1 - n);
  volatile uint8_t b = 200;
  volatile int16_t c = -3000;
  volatile uint16_t d = 60000;
  volatile int32_t e = -2000000000;
  volatile uint32_t f = 4000000000u;
  volatile int64_t g = -5000000000000;
  volatile uint64_t h = 0xf000000000000001;
  STAP_PROBE8(app, kinds, (int8_t)a, (uint8_t)b, (int16_t)c, (uint16_t)d, (int32_t)e, (uint32_t)f, (int64_t)g,
              (uint64_t)h);
}

// The same values where they lie in the frame.
__attribute__((noinline)) static int plain(int n) {
  char text[32];
  snprintf(text, sizeof text, "hit %d", n);
  STAP_PROBE2(app, text, text, sizeof text);
  STAP_PROBE3(app, plain, 5, -5LL, n);
  return text[0];
}

// One name at three places, its arguments elsewhere at each.
__attribute__((noinline)) static long many(long n) {
  volatile long in_frame = n + 2000;
  STAP_PROBE2(app, many, 1000, n);
  STAP_PROBE2(app, many, in_frame, n);
  long result = n * 3;
  STAP_PROBE2(app, many, result, n);
  return result + in_frame;
}

static int taken;
static void guarded(long n) {
  if (!__builtin_expect(app_guarded_semaphore, 0)) return;
  taken++;
  STAP_PROBE1(app, guarded, n);
}

static void *in_thread(void *n) {
  STAP_PROBE1(app, thread, (long)n);
  many((long)n);
  return NULL;
}

#if defined(__x86_64__)
// What compilers seldom print. At each hit rax = 0x1122334455667788, rcx = 2, rbx and r15 as the note says.
#define NOTE(provider, name, arguments)                                                                              \
  ".pushsection .note.stapsdt,\"\",\"note\"\n.balign 4\n.4byte 992f-991f, 994f-993f, 3\n991: .asciz \"stapsdt\"\n"    \
  "992: .balign 4\n993: .8byte 990b\n.8byte 0\n.8byte 0\n.asciz \"" provider "\"\n.asciz \"" name                    \
  "\"\n.asciz \"" arguments "\"\n994: .balign 4\n.popsection\n"
static int64_t table[] = {11, -22, 33, -44};
__attribute__((noinline)) static void forms(void) {
  uint64_t rax = 0x1122334455667788, rcx = 2;
  register uint64_t r15 __asm__("r15") = 0x99aabbccddeeff01;
  __asm__ volatile("990: nop\n" NOTE("raw", "registers", "1@%%al 1@%%ah -2@%%ax -4@%%eax 8@%%rax 1@%%r15b -1@%%r15b 2@%%r15w 4@%%r15d -4@%%r15d 4@$0x10 -1@$-1 8@$-2")
                   : : "a"(rax), "c"(rcx), "r"(r15));
  __asm__ volatile("990: nop\n" NOTE("raw", "memory", "-8@(%%rbx) -8@8(%%rbx) -8@(%%rbx,%%rcx,8) -8@8(%%rbx,%%rcx,8) 4@-4(%%rbx,%%rcx,4) -8@counter(%%rip) -4@small_counter(%%rip) -8@counter+0(%%rip) 8f@number(%%rip) 8f@%%xmm0 8@(%%rcx)")
                   : : "a"(rax), "c"(rcx), "b"(table));
}

// Two places with the same last bits of their addresses.
void same_bits_1(long);
void same_bits_2(long);
__asm__(".text\n.balign 4096\nsame_bits_1:\n990: nop\n" NOTE("raw", "same_bits", "8@%rdi 8@$10") "ret\n"
        ".balign 4096\nsame_bits_2:\n990: nop\n" NOTE("raw", "same_bits", "8@$20 8@%rdi") "ret\n");
#else
static void forms(void) {}
static void same_bits_1(long n) { (void)n; }
static void same_bits_2(long n) { (void)n; }
#endif

static void hit(const char *what, long n) {
  if (!strcmp(what, "kinds")) kinds((int)n);
  if (!strcmp(what, "plain")) plain((int)n);
  if (!strcmp(what, "many")) many(n);
  if (!strcmp(what, "guarded")) guarded(n);
  if (!strcmp(what, "forms")) forms();
  if (!strcmp(what, "global")) STAP_PROBE2(app, global, counter, small_counter);
  if (!strcmp(what, "count")) STAP_PROBE1(app, count, n);
  if (!strcmp(what, "other")) STAP_PROBE1(other, count, n);
  if (!strcmp(what, "same_bits")) same_bits_1(n), same_bits_2(n);
#ifdef WITH_PART
  if (!strcmp(what, "part")) part_call(n);
#endif
  if (!strcmp(what, "thread")) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, in_thread, (void *)n)) abort();
    pthread_join(thread, NULL);
  }
}

int main(void) {
  char line[64], what[32];
  long times;
  while (fgets(line, sizeof line, stdin)) {
    taken = 0;
    if (sscanf(line, "%31s %ld", what, &times) != 2) return 1;
    for (long n = 0; n < times; n++) hit(what, n);
    printf("done %d\n", taken);
    fflush(stdout);
  }
  return 0;
}
