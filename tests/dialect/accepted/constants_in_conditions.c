// The kernel's constants in preprocessor conditions, also of included files.
// program program hook none
// calls trace_printk 3
#include <linux/if.h>
#if IFNAMSIZ != 16
#error IFNAMSIZ is 16
#endif
#ifndef ETH_P_IP
#error ETH_P_IP is a macro
#endif
#ifdef NO_SUCH_CONSTANT_OF_THE_KERNEL
#error what the kernel does not have is not defined
#endif
#if defined(AF_INET6) && \
    AF_INET6 == 10 && TASK_COMM_LEN_OF_NOBODY == 0
#define IS_FINE
#endif
#ifndef PATH_MAX
#define PATH_MAX 1
#endif
#include "../included/conditions.h"

int program(void *ctx) {
  char name[IFNAMSIZ] = {};
#ifdef IS_FINE
  bpf_trace_printk("%d\n", sizeof(name));
#endif
#ifdef IS_FINE_IN_HEADER
  bpf_trace_printk("%d\n", PATH_MAX);
#endif
#if PATH_MAX == 4096
  bpf_trace_printk("%d\n", PATH_MAX);
#endif
  return 0;
}
