// Nothing but maps: no program at all.
// map lonely hash type 1 key 8 value 8 entries 10240
BPF_HASH(lonely);
