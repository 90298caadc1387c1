// What is defined before the first line, without any include.
// program program hook none
// calls trace_printk 1
#if !defined(__KERNEL__) || !defined(__BPF_TRACING__) || !defined(CONFIG_CC_IS_CLANG) || !defined(CC_USING_FENTRY)
#error how the kernel is built
#endif
#if !defined(__HAVE_BUILTIN_BSWAP16__) || !defined(__HAVE_BUILTIN_BSWAP32__) || !defined(__HAVE_BUILTIN_BSWAP64__)
#error byte order
#endif
#if !defined(CONFIG_BPF_SYSCALL) || !defined(CONFIG_SMP) || !defined(CONFIG_NET) || !defined(CONFIG_ARCH_HAS_SYSCALL_WRAPPER)
#error options
#endif
#if LINUX_VERSION_CODE < KERNEL_VERSION(4, 8, 0) || KERNEL_VERSION(5, 10, 255) != KERNEL_VERSION(5, 10, 300)
#error version
#endif

_Static_assert(sizeof(long) == 8 && sizeof(void *) == 8 && sizeof(u64) == 8 && sizeof(size_t) == 8, "the host's sizes");
_Static_assert(MASK(3) == 7 && MASK(64) == ~0ull && (u64)(MASK128(100) >> 64) == MASK(36), "masks");

int program(struct pt_regs *ctx) {
  BUILD_BUG_ON(sizeof(u32) != 4);
  char module[] = KBUILD_MODNAME;
  u64 sum = (u8)1 + (s8)2 + (__u16)3 + (s16)4 + (uint32_t)5 + (s32)6 + (uintptr_t)7 + (s64)8 + (bool)9 + (pid_t)10 + (dev_t)11
      + (loff_t)12 + (umode_t)13 + (gfp_t)14 + (sector_t)15 + PAGE_SIZE + roundup_pow_of_two(9) + (NULL != 0)
      + BUILD_BUG_ON_ZERO(sizeof(u64) != 8);
  unsigned __int128 wide = bpf_hton128(sum);
  sum += bpf_ntohs(1) + bpf_htons(2) + bpf_ntohl(3) + bpf_htonl(4) + bpf_ntohll(5) + bpf_htonll(6) + (u64)bpf_ntoh128(wide);
  bpf_trace_printk("%s %d\n", module, sum);
  return 0;
}
