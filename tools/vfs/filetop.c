// filetop - which files are read and written most, by which threads.
#include "tool.h"

TOOL("Show the files that are read and written most.");
INTRO("Tracing... Output every {interval} secs. Hit Ctrl-C to end");
INTERVAL(1);
CLEARS_SCREEN;
HEADING("{time} loadavg: {loadavg}\n");
OPTION(bool, all, 'a', "all-files", "sockets, pipes and devices as well");
OPTION(u32, rows, 'r', "maxrows", "rows of a report") RANGE(1, 1000000) = 20;
OPTION(u32, sort, 's', "sort", "what comes first: all, reads, writes, rbytes or wbytes")
    CHOICES("all", "reads", "writes", "rbytes", "wbytes");
OPTION(bool, read_only, 0, "read-only", "reads only");
OPTION(bool, write_only, 0, "write-only", "writes only") EXCLUDES(read_only);
OPTION(inode_t, directory, 'd', "directory", "files right in this directory only");
NOTES("Bytes are those asked for, not those transferred.");
OVERHEAD("A hook for each read and write, some hundred nanoseconds: to be seen at a million a second.");
EXAMPLE("sonde filetop -C 5", "every 5 seconds, one report below the other");
EXAMPLE("sonde filetop -s wbytes", "the most written first");
SESSION("sonde filetop -C 1 1",
        "Tracing... Output every 1 secs. Hit Ctrl-C to end\n"
        "\n"
        "22:53:34 loadavg: 1.61 0.47 0.16 1/66 312\n"
        "\n"
        "TID     COMM             READS  WRITES R_Kb    W_Kb    T FILE\n"
        "312     cat              21     0      2688    0       R photos.db\n"
        "310     dd               0      40     0       2560    R photos.db\n"
        "312     cat              14     0      1792    0       R backup.tar\n"
        "309     dd               0      400    0       1600    R backup.tar");

struct key {
  pid_t tid COLUMN("TID", -7);
  comm_t comm COLUMN("COMM", -16);
  u32 device;
  u64 inode;
};
typedef char name_t[256];  // a file name can be no longer
struct value {
  u64 reads COLUMN("READS", -6);
  u64 writes COLUMN("WRITES", -6);
  bytes_t read_bytes COLUMN("R_Kb", -7) UNIT("KB");
  bytes_t written_bytes COLUMN("W_Kb", -7) UNIT("KB");
  char kind[8] COLUMN("T", 1);
  name_t name COLUMN("FILE", 0);
};
TABLE(counts, struct key, struct value, 10240);
SORTED_BY_CHOICE(counts, sort, "reads + writes + read_bytes + written_bytes", "reads", "writes", "read_bytes", "written_bytes");
LIMITED_BY(counts, rows);

#define S_IFMT 0170000
#define S_IFREG 0100000
#define S_IFSOCK 0140000

SONDE_INLINE struct value *value_of(struct file *file) {
  if (!is_wanted()) return NULL;
  struct dentry *entry = file->f_path.dentry;
  struct inode *inode = file->f_inode;
  u32 kind = inode->i_mode & S_IFMT;
  if (!entry->d_name.len || (!all && kind != S_IFREG)) return NULL;
  if (directory && entry->d_parent->d_inode->i_ino != directory) return NULL;
  struct key key = {.device = inode->i_sb->s_dev, .inode = inode->i_ino};
  fill_task(&key, tid, comm);
  struct value *value = entry_of(counts, &key);
  if (value && !value->kind[0]) {
    value->kind[0] = kind == S_IFREG ? 'R' : kind == S_IFSOCK ? 'S' : 'O';
    read_kernel_string(value->name, entry->d_name.name);
  }
  return value;
}

ONLY_UNLESS(write_only) ON_KERNEL(vfs_read, struct file *file, char *buffer, size_t bytes) {
  struct value *value = value_of(file);
  if (!value) return 0;
  add_to(value->reads, 1);
  add_to(value->read_bytes, bytes);
  return 0;
}

ONLY_UNLESS(read_only) ON_KERNEL(vfs_write, struct file *file, char *buffer, size_t bytes) {
  struct value *value = value_of(file);
  if (!value) return 0;
  add_to(value->writes, 1);
  add_to(value->written_bytes, bytes);
  return 0;
}
