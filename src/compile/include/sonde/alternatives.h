// Members that have another name on other kernels. Which one it is, is decided where the program is loaded, so that an
// object made ahead of time reads the right one; a struct with ___ in its name stands for the kernel's without it
// (CO-RE).
#pragma once

#define SONDE_RECORD(record, suffix, type, member) \
  struct record##___##suffix { type member; } __attribute__((preserve_access_index))
#define SONDE_FIELD_IN(pointer, member) __builtin_preserve_field_info((pointer)->member, 2)
// The member `newer`, or on older kernels `older`.
#define SONDE_EITHER(record, pointer, type, newer, older) \
  ({ SONDE_RECORD(record, newer, type, newer) *newer_ = (void *)(pointer); \
     SONDE_RECORD(record, older, type, older) *older_ = (void *)newer_; \
     SONDE_FIELD_IN(newer_, newer) ? newer_->newer : older_->older; })
