// Zones of memory.
#pragma once

#include <linux/atomic.h>
#include <linux/kernel.h>

#define wmark_pages(z, i) ((z)->_watermark[i] + (z)->watermark_boost)
#define min_wmark_pages(z) wmark_pages(z, WMARK_MIN)
#define low_wmark_pages(z) wmark_pages(z, WMARK_LOW)
#define high_wmark_pages(z) wmark_pages(z, WMARK_HIGH)
#define zone_idx(z) (((unsigned long)(z) - (unsigned long)(z)->zone_pgdat->node_zones) / sizeof(struct zone))
#define zone_to_nid(zone) ((zone)->node)
