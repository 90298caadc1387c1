// libbcc's questions about the kernel's types.
#include "c/c_function.h"
#include "c/kernel_questions.h"

SONDE_C_FUNCTION(bool, bpf_has_kernel_btf)() { return sonde::c::has_btf(); }
SONDE_C_FUNCTION(int, kernel_struct_has_field)(const char* record, const char* field) {
  return record && field ? sonde::c::struct_has_field(record, field) : -1;
}
SONDE_C_FUNCTION(int, kernel_enum_has_val)(const char* enumeration, const char* value) {
  return value ? sonde::c::enum_has_value(enumeration ? enumeration : "", value) : -1;
}
