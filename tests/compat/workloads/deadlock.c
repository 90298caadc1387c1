// Two threads that take two mutexes in opposite orders, one after the other, so that nothing hangs.
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;

static void* take(void* backwards) {
  pthread_mutex_lock(backwards ? &second : &first);
  pthread_mutex_lock(backwards ? &first : &second);
  pthread_mutex_unlock(&first);
  pthread_mutex_unlock(&second);
  return 0;
}

static void run(void* backwards) {
  pthread_t thread;
  pthread_create(&thread, 0, take, backwards);
  pthread_join(thread, 0);
}

int main(void) {
  setvbuf(stdout, 0, _IONBF, 0);
  puts("ready");
  getchar();
  run(0);
  run(&first);
  puts("done");
  while (getchar() != EOF) {
  }
}
