// What own_include and own_include_by_flag share.
#define SHARED_KEY 7
BPF_HASH(shared, u32);
