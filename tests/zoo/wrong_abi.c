/* SPDX-License-Identifier: MIT
 *
 * Declares ABI 7.0 to 7.2 in its note, and answers 7.0 whatever is offered, with a table that would end whoever follows
 * its pointers. */
#include <benchhost/note.h>

BH_NOTE(
    BH_NOTE_MAGIC
    "id=org.benchhost.zoo.wrong_abi\nversion=1.0.0\nvendor=The benchhost authors\nlicence=MIT\nsdk=7.0.0\nabi=7.0-7.2"
    "\nos=" BH_NOTE_OS "\narch=" BH_NOTE_ARCH "\nisa=" BH_NOTE_ISA "\n");

BH_EXPORT bh_status_t BH_CALL bh_plugin_entry(const bh_offer_t* offer, bh_answer_t* answer) {
  (void)offer;
  answer->abi = BH_ABI_MAKE(7, 0);
  answer->note = bh_note.text;
  answer->plugin = (const bh_plugin_t*)(uintptr_t)1;
  return BH_OK;
}
