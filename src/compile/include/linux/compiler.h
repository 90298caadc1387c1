// What kernel code says to its compiler, less what is in every program.
#pragma once

#define noinline __attribute__((__noinline__))
#define fallthrough __attribute__((__fallthrough__))
#define __cold __attribute__((__cold__))
#define __used __attribute__((__used__))
#define __pure __attribute__((__pure__))
#define __same_type(a, b) __builtin_types_compatible_p(__typeof__(a), __typeof__(b))
