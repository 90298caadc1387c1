// Pages of folios; struct page is an array in memory.
#pragma once

#define folio_page(folio, n) (&(folio)->page + (n))
#define compound_head(page_) \
  ({ __typeof__(page_) page__ = (page_); unsigned long head_ = page__->compound_head; \
     head_ & 1 ? (__typeof__(page_))(head_ - 1) : page__; })
#define page_folio(page) ((struct folio *)compound_head(page))
