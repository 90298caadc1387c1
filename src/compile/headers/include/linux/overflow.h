// Sizes of structs that end in an array.
#pragma once

#define check_add_overflow(a, b, result) __builtin_add_overflow(a, b, result)
#define check_sub_overflow(a, b, result) __builtin_sub_overflow(a, b, result)
#define struct_size(ptr, member, count) (sizeof(*(ptr)) + sizeof((ptr)->member[0]) * (count))
#define struct_size_t(type, member, count) struct_size((type *)0, member, count)
#define flex_array_size(ptr, member, count) (sizeof((ptr)->member[0]) * (count))
#define array_size(a, b) ((size_t)(a) * (size_t)(b))
