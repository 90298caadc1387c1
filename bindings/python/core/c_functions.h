// What bcc.libbcc.lib offers: functions with C's linkage in this module's own file, called through ctypes without the
// interpreter's lock. As in libbcc they give -1 for a failure, with errno set.
#pragma once

// Their names here are others than libbpf's, which is linked into the same file.
#define SONDE_C_FUNCTION(type, name) extern "C" __attribute__((visibility("default"))) type sonde_c_##name
