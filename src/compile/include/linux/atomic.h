// Reading of atomic numbers.
#pragma once

#define atomic_read(v) ((v)->counter)
#define atomic64_read(v) ((v)->counter)
#define atomic_long_read(v) ((v)->counter)
#define refcount_read(r) ((unsigned int)(r)->refs.counter)
#define kref_read(k) refcount_read(&(k)->refcount)
