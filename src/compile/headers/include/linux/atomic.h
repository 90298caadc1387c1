// Reading of atomic numbers.
#pragma once

#define atomic_read(v) ((v)->counter)
#define atomic64_read(v) ((v)->counter)
#define atomic_long_read(v) ((v)->counter)
#define refcount_read(r) ((unsigned int)(r)->refs.counter)
#define kref_read(k) refcount_read(&(k)->refcount)
#define raw_atomic_read(v) ((v)->counter)
#define atomic_read_acquire(v) ((v)->counter)
#define atomic64_read_acquire(v) ((v)->counter)
#define raw_atomic64_read(v) ((v)->counter)
#define local_read(l) ((l)->a.counter)
#define local64_read(l) ((l)->a.a.counter)
#define ATOMIC_INIT(value) {(value)}
#define ATOMIC64_INIT(value) {(value)}
