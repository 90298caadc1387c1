// ilog2, roundup_pow_of_two and their like are in every program.
#pragma once

#define order_base_2(n) ((n) > 1 ? ilog2((n) - 1) + 1 : 0)
#define get_order(size) ((size) <= PAGE_SIZE ? 0 : ilog2((size) - 1) + 1 - PAGE_SHIFT)
