// cachestat - how often what was asked for was in the page cache.
#include "tool.h"

TOOL("Count hits and misses of the page cache.");
INTERVAL(1);
OPTION(bool, timestamp, 'T', "timestamp", "show the time of each report");
NOTES("Hits are accesses to cached pages without those that were added or made dirty meanwhile: an estimate. A large folio "
      "counts once.");
OVERHEAD("A hook for each page that is asked for, some hundred nanoseconds: to be seen where a million pages a "
         "second are read from the cache.");
EXAMPLE("sonde cachestat -T 5", "every 5 seconds, with the time");
SESSION("sonde cachestat 1 2",
        "    HITS   MISSES  DIRTIES HITRATIO   BUFFERS_MB  CACHED_MB\n"
        "    3797     1191     2567   76.12%            0         15\n"
        "       0        0        0    0.00%            0         15");

struct pages {
  u64 accessed, added, dirtied, buffers_dirtied;
};
TOTALS(pages, struct pages);
#define TOTAL "max(accessed - buffers_dirtied, 0)"
#define MISSES "max(added - dirtied, 0)"
#define HITS "max(" TOTAL " - " MISSES ", 0)"
COMPUTED(pages, "TIME", -8, 0, "time") SHOWN_IF(timestamp);
COMPUTED(pages, "HITS", 8, 0, HITS);
COMPUTED(pages, "MISSES", 8, 0, "min(" MISSES ", " TOTAL ")");
COMPUTED(pages, "DIRTIES", 8, 0, "buffers_dirtied");
COMPUTED(pages, "HITRATIO", 8, 2, "100 * " HITS " / " TOTAL) AFTER("%");
COMPUTED(pages, "BUFFERS_MB", 12, 0, "meminfo_Buffers / 1024");
COMPUTED(pages, "CACHED_MB", 10, 0, "meminfo_Cached / 1024");

#define COUNT(field)                                                                                                \
  {                                                                                                                 \
    struct pages *seen = is_wanted() ? totals_of(pages) : NULL;                                                    \
    if (seen) add_to(seen->field, 1);                                                                               \
    return 0;                                                                                                       \
  }

EITHER(access) ON_KERNEL(folio_mark_accessed) COUNT(accessed)
OR_ELSE(access) ON_KERNEL(mark_page_accessed) COUNT(accessed)
EITHER(add) ON_KERNEL(filemap_add_folio) COUNT(added)
OR_ELSE(add) ON_KERNEL(add_to_page_cache_lru) COUNT(added)
EITHER(dirty) ON_RAW_TRACEPOINT(writeback_dirty_folio) COUNT(dirtied)
OR_ELSE(dirty) ON_RAW_TRACEPOINT(writeback_dirty_page) COUNT(dirtied)
ON_RAW_TRACEPOINT(block_dirty_buffer) COUNT(buffers_dirtied)
