// Atomic loads, stores and fences: BPF has them as plain instructions, with an exchange that orders them where C asks for it.
BPF_ARRAY(wide, u64, 1);
BPF_ARRAY(narrow, u8, 1);
int program(struct pt_regs *ctx) {
  int zero = 0;
  u64 *w = wide.lookup(&zero);
  u8 *n = narrow.lookup(&zero);
  if (!w || !n) return 0;
  u64 sum = __atomic_load_n(w, __ATOMIC_RELAXED) + __atomic_load_n(w, __ATOMIC_ACQUIRE) + __atomic_load_n(n, __ATOMIC_SEQ_CST);
  __atomic_store_n(w, sum, __ATOMIC_RELAXED);
  __atomic_store_n(w, sum + 1, __ATOMIC_RELEASE);
  __atomic_store_n(n, 7, __ATOMIC_SEQ_CST);
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  __atomic_thread_fence(__ATOMIC_ACQ_REL);
  __sync_synchronize();
  __sync_lock_release(w);
  __atomic_clear(n, __ATOMIC_RELEASE);
  _Atomic u64 *x = (_Atomic u64 *)w;
  (*x)++;
  return *x;
}
