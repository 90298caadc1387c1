// KMOD_RET changes what a function returns; a driver attaches it.
// needs fentry
// program kmod_ret__security_file_open hook fmod_ret:vmlinux:security_file_open
KMOD_RET(security_file_open, struct file *file, int ret) { return ret; }
