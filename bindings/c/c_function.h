// What libbcc offers: functions with C's linkage, free of any interpreter. As in libbcc they give -1 for a failure,
// with errno set.
#pragma once

// Their names here are others than libbpf's, which is linked into the same file.
#define SONDE_C_FUNCTION(type, name) extern "C" __attribute__((visibility("default"))) type sonde_c_##name
