// Counters that processors add to in batches.
#pragma once

// Without what the processors have counted and not yet added.
#define percpu_counter_read(counter) ((counter)->count)
#define percpu_counter_read_positive(counter) ({ s64 count_ = (counter)->count; count_ > 0 ? count_ : 0; })
