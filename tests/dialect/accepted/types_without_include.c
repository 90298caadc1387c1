// The kernel's integer types, bool and NULL are there with no #include.
u8 a; u16 b; u32 c; u64 d; s8 e; s16 f; s32 g; s64 h;
__u8 i; __u16 j; __u32 k; __u64 l; __s64 m; __be16 n; __be32 o;
int program(struct pt_regs *ctx) {
  bool yes = true;
  size_t size = sizeof(uintptr_t);
  void *none = NULL;
  pid_t pid = 1;
  dev_t device = 2;
  umode_t mode = 3;
  loff_t offset = 4;
  sector_t sector = 5;
  _Static_assert(sizeof(long) == 8 && sizeof(char *) == 8, "");
  return yes + size + (none == NULL) + pid + device + mode + offset + sector;
}
