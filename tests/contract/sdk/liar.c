/* A plugin that answers a version outside the offer, or with LIE_ABOUT_THE_NOTE a note that is not its file's. */
#include <benchhost/note.h>

BH_NOTE(BH_NOTE_CONTENT("org.example.liar", "1", "Example Ltd", "MIT", ""));

static const bh_benchmark_t* BH_CALL none(uint32_t index) {
  (void)index;
  return NULL;
}
static const bh_plugin_t plugin = {BH_STRUCT(bh_plugin_t), .benchmark = none};

BH_EXPORT bh_status_t BH_CALL bh_plugin_entry(const bh_offer_t* offer, bh_answer_t* answer) {
  (void)offer;
#ifdef LIE_ABOUT_THE_NOTE
  answer->abi = BH_ABI_VERSION;
  answer->note = "BHNOTE1\nid=org.example.other\n";
#else
  answer->abi = BH_ABI_MAKE(0, 9);
  answer->note = bh_note.text;
#endif
  answer->plugin = &plugin;
  return BH_OK;
}
