// A kernel pointer kept in a map, alone and in a struct, and read through when it comes out.
// calls probe_read 3
struct place_t { struct file *file; u64 time; };
BPF_HASH(files, u32, struct file *);
BPF_HASH(places, u32, struct place_t);
int enter(struct pt_regs *ctx, struct file *file) {
  u32 tid = bpf_get_current_pid_tgid();
  struct place_t place = {.file = file};
  files.update(&tid, &file);
  places.update(&tid, &place);
  return 0;
}
int leave(struct pt_regs *ctx) {
  u32 tid = bpf_get_current_pid_tgid();
  struct file **file = files.lookup(&tid);
  struct place_t *place = places.lookup(&tid);
  if (!file || !place) return 0;
  return (*file)->f_flags + place->file->f_inode->i_ino;
}
