// Macros with -> in them.
// calls probe_read 3
#define INODE(file) ((file)->f_inode)
#define NUMBER(file) (INODE(file)->i_ino)
int program(struct pt_regs *ctx, struct file *file) { return NUMBER(file) + INODE(file)->i_mode; }
