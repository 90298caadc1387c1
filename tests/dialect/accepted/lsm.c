// LSM_PROBE on a hook of the security modules.
// program lsm__file_open hook lsm:file_open auto
// needs lsm
LSM_PROBE(file_open, struct file *file) { return file->f_flags == 0xffffffff ? -EPERM : 0; }
