// Pages of folios; struct page is an array in memory.
#pragma once

#include <sonde/alternatives.h>

#define folio_page(folio, n) (&(folio)->page + (n))
// Of all pages of a folio but the first, bit 0 of this word is set, and the rest leads to the first: its address, or
// since Linux 7 also a mask, of which the upper bits are all ones.
#define SONDE_COMPOUND(page) SONDE_EITHER(page, page, unsigned long, compound_info, compound_head)
#define compound_head(page_) \
  ({ __typeof__(page_) page__ = (page_); unsigned long head_ = SONDE_COMPOUND(page__); \
     (head_ & 1) == 0 ? page__ \
     : head_ >> 40 == 0xffffff ? (__typeof__(page_))((unsigned long)page__ & head_) : (__typeof__(page_))(head_ - 1); })
#define page_folio(page) ((struct folio *)compound_head(page))

#define SONDE_PAGE_FLAGS(page) (*(const unsigned long *)&(page)->flags)
#define SONDE_PAGE_FLAG(page, flag) ((int)(SONDE_PAGE_FLAGS(page) >> (flag) & 1))
#define SONDE_HEAD_FLAG(page, flag) ((int)(SONDE_PAGE_FLAGS(compound_head(page)) >> (flag) & 1))
#define PageTail(page) ((int)(SONDE_COMPOUND(page) & 1))
#define PageHead(page) SONDE_PAGE_FLAG(page, PG_head)
#define PageCompound(page) (PageHead(page) || PageTail(page))
#define PageLocked(page) SONDE_HEAD_FLAG(page, PG_locked)
#define PageReferenced(page) SONDE_HEAD_FLAG(page, PG_referenced)
#define PageUptodate(page) SONDE_HEAD_FLAG(page, PG_uptodate)
#define PageDirty(page) SONDE_HEAD_FLAG(page, PG_dirty)
#define PageLRU(page) SONDE_HEAD_FLAG(page, PG_lru)
#define PageActive(page) SONDE_HEAD_FLAG(page, PG_active)
#define PageWorkingset(page) SONDE_HEAD_FLAG(page, PG_workingset)
#define PageReserved(page) SONDE_PAGE_FLAG(page, PG_reserved)
#define PagePrivate(page) SONDE_PAGE_FLAG(page, PG_private)
#define PageWriteback(page) SONDE_HEAD_FLAG(page, PG_writeback)
#define PageReclaim(page) SONDE_HEAD_FLAG(page, PG_reclaim)
#define PageReadahead(page) SONDE_HEAD_FLAG(page, PG_readahead)
#define PageSwapBacked(page) SONDE_HEAD_FLAG(page, PG_swapbacked)
#define PageUnevictable(page) SONDE_HEAD_FLAG(page, PG_unevictable)
#define PageMlocked(page) SONDE_HEAD_FLAG(page, PG_mlocked)
#define PageSwapCache(page) (PageSwapBacked(page) && SONDE_HEAD_FLAG(page, PG_swapcache))
#define SONDE_MAPPING(of) ((unsigned long)((const struct page *)(of))->mapping)
#define PageAnon(page) ((SONDE_MAPPING(compound_head(page)) & 1) != 0)
#define PageKsm(page) ((SONDE_MAPPING(compound_head(page)) & 3) == 3)
#define PageMappingFlags(page) ((SONDE_MAPPING(compound_head(page)) & 3) != 0)
#define folio_test_anon(folio) ((SONDE_MAPPING(folio) & 1) != 0)
#define folio_test_ksm(folio) ((SONDE_MAPPING(folio) & 3) == 3)
#define folio_test_locked(folio) SONDE_PAGE_FLAG(&(folio)->page, PG_locked)
#define folio_test_referenced(folio) SONDE_PAGE_FLAG(&(folio)->page, PG_referenced)
#define folio_test_uptodate(folio) SONDE_PAGE_FLAG(&(folio)->page, PG_uptodate)
#define folio_test_dirty(folio) SONDE_PAGE_FLAG(&(folio)->page, PG_dirty)
#define folio_test_lru(folio) SONDE_PAGE_FLAG(&(folio)->page, PG_lru)
#define folio_test_active(folio) SONDE_PAGE_FLAG(&(folio)->page, PG_active)
#define folio_test_writeback(folio) SONDE_PAGE_FLAG(&(folio)->page, PG_writeback)
#define folio_test_swapbacked(folio) SONDE_PAGE_FLAG(&(folio)->page, PG_swapbacked)
#define folio_test_large(folio) SONDE_PAGE_FLAG(&(folio)->page, PG_head)
