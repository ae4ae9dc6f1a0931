"""What must have happened; each thing that did not is one sentence."""

from tally import Tally


def unmet(tally: Tally, mode: str) -> list[str]:
    """`mode` is enforce, observe or, with no daemon at all, off."""
    rows = tally.rows
    wrong = []

    def expect(holds: bool, sentence: str) -> None:
        if not holds:
            wrong.append(sentence)

    def name_missing(act: str) -> None:
        for letter in tally.missing(act)[:3]:
            wrong.append(f"nothing came of <{letter.identity}…> from {letter.sender} to {letter.recipient} ({rows[act].title})")

    for act in ("out", "in"):
        row = rows[act]
        expect(row.came_in == row.sent, f"{row.sent - row.came_in} of {row.sent} of {row.title} did not arrive")
        expect(not row.touched, f"{len(row.touched)} of {row.title} arrived changed: {', '.join(row.touched[:3])}")
    if mode != "enforce":
        name_missing("forged")
    for act in ("out", "in", "genuine", "nothing"):
        name_missing(act)
    genuine, forged, nothing = rows["genuine"], rows["forged"], rows["nothing"]
    expect(genuine.came_in == genuine.sent, f"{genuine.sent - genuine.came_in} of {genuine.sent} genuine bounces were LOST")
    expect(nothing.came_in == nothing.sent,
           f"{nothing.came_in} of {nothing.sent} bounces that returned nothing were delivered")
    expect(tally.deferred == 0, f"{tally.deferred} bounces were answered 4xx")
    if mode != "off":
        expect(rows["out"].verdicts["signed"] == rows["out"].sent,
               f"{rows['out'].verdicts['signed']} of {rows['out'].sent} ordinary letters left with a token on top")
        expect(genuine.verdicts["genuine"] == genuine.sent,
               f"{genuine.verdicts['genuine']} of {genuine.sent} genuine bounces carry the verdict genuine")
        expect(nothing.verdicts["unproven"] == nothing.sent,
               f"{nothing.verdicts['unproven']} of {nothing.sent} bounces that returned nothing were marked unproven")
    if mode == "enforce":
        expect(forged.came_in == 0, f"{forged.came_in} of {forged.sent} forged bounces reached a mailbox")
        for who, number in tally.refused_by.items():
            expect(number == forged.sent, f"by the log of {who}, {number} of {forged.sent} forged bounces were refused")
    else:
        expect(forged.came_in == forged.sent, f"{forged.came_in} of {forged.sent} forged bounces were delivered")
        for who, number in tally.refused_by.items():
            expect(number == 0, f"by the log of {who}, {number} messages were refused")
    if mode == "observe":
        expect(forged.verdicts["forged"] == forged.sent,
               f"{forged.verdicts['forged']} of {forged.sent} forged bounces carry the verdict forged")
    return wrong


def all_well(tally: Tally, mode: str) -> str:
    """The last line when everything held."""
    genuine, forged, nothing = (tally.rows[act].sent for act in ("genuine", "forged", "nothing"))
    fate = {"enforce": "refused", "observe": "delivered with their verdict", "off": "delivered, for nothing guards"}[mode]
    marked = "delivered" if mode == "off" else "marked"
    return (f"All {genuine} genuine bounces came in, {forged} of {forged} forged were {fate}, "
            f"{nothing} that returned nothing were {marked}.")
