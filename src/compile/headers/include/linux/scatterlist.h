// Scatter-gather lists. The low bits of page_link: 1, it points to another list; 2, the last entry.
#pragma once

#define sg_is_chain(sg) (((sg)->page_link & 1UL) != 0)
#define sg_is_last(sg) (((sg)->page_link & 2UL) != 0)
#define sg_chain_ptr(sg) ((struct scatterlist *)((sg)->page_link & ~3UL))
#define sg_page(sg) ((struct page *)((sg)->page_link & ~3UL))
#define sg_dma_address(sg) ((sg)->dma_address)
#define sg_next(sg) \
  ({ struct scatterlist *sg_ = (sg); \
     if (sg_is_last(sg_)) { \
       sg_ = NULL; \
     } else { \
       sg_++; \
       if (sg_is_chain(sg_)) sg_ = sg_chain_ptr(sg_); \
     } \
     sg_; })
