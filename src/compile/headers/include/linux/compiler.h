// What kernel code says to its compiler, less what is in every program.
#pragma once

#define noinline __attribute__((__noinline__))
#define fallthrough __attribute__((__fallthrough__))
#define __cold __attribute__((__cold__))
#define __used __attribute__((__used__))
#define __pure __attribute__((__pure__))
#define __same_type(a, b) __builtin_types_compatible_p(__typeof__(a), __typeof__(b))
#define data_race(expression) (expression)
#define __must_be_array(a) 0
#define OPTIMIZER_HIDE_VAR(variable) barrier_var(variable)
#define smp_mb() barrier()
#define smp_rmb() barrier()
#define smp_wmb() barrier()
#define smp_load_acquire(p) ({ __typeof__(*(p)) loaded_ = READ_ONCE(*(p)); barrier(); loaded_; })
