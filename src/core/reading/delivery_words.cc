#include "core/reading/delivery_words.h"

#include <array>

#include "core/base/limits.h"
#include "core/reading/word_search.h"

namespace backstop::reading {
namespace {

// clang-format off
// In normal text.  Stems, so that gender, number and person do not matter.
constexpr auto kFailed = std::to_array<std::string_view>({
    "undeliver", "not delivered", "not be delivered", "not been delivered", "n't be delivered",
    "n't delivered", "cannot deliver", "could not deliver", "couldn't deliver", "unable to deliver",
    "not able to deliver", "failed to deliver", "failure to deliver", "delivery failed", "delivery fail",
    "delivery has failed", "delivery error", "delivery problem", "delivery status notif",
    "delivery report", "delivery notification", "delivery impossible", "delivery unsuccessful",
    "delivery was unsuccessful", "not deliverable", "non-deliver", "nondeliver", "non deliver",
    "mail failure", "message failure", "mail error", "returned mail", "returned message", "mail returned",
    "message returned", "returned to sender", "return to sender", "bounced", "bounce notif",
    "did not reach", "not reach the", "could not be sent", "cannot be sent", "not accepted by",
    "rejected by", "was rejected", "been rejected", "was refused", "been returned", "was returned",
    "delivery aborted", "gave up", "given up", "permanent error", "permanent failure", "fatal error",
    // German
    "unzustellbar", "nicht zugestellt", "nicht zustellbar", "nicht zustellen", "nicht ausgeliefert",
    "zustellung fehlgeschlagen", "zustellfehler", "zustellung nicht", "zustellung gescheitert",
    "zustellungsfehler", "zustellproblem", "konnte nicht an", "nicht übermittelt", "zurückgewiesen",
    "zurückgesandt", "zurückgesendet", "nicht gesendet werden", "fehler bei der zustellung",
    "unzustellbarkeit", "annahme verweigert", "nicht erreicht", "endgültig",
    // French
    "non remis", "non distribu", "non délivr", "non livr", "pas pu être", "pas été remis",
    "pas été délivr", "pas été distribu", "pas été livr", "échec de la remise", "échec de remise",
    "échec de livraison", "échec de la livraison", "échec de distribution", "échec de la distribution",
    "échec d'envoi", "échec de l'envoi", "impossible de remettre", "impossible de distribuer",
    "impossible de délivrer", "impossible de livrer", "n'a pu être", "retour à l'expéditeur",
    "erreur de remise", "erreur de distribution", "ne peut être remis", "ne peut être délivr",
    "ne peut pas être", "a été rejeté", "a été refusé",
    // Spanish, Portuguese
    "no entregad", "no se pudo entregar", "no se ha podido entregar", "no pudo ser entregad",
    "no pudo entregar", "no ha sido entregad", "no ha podido ser", "no se puede entregar",
    "no fue entregad", "no se entreg", "no pudieron", "no se ha entregad", "error de entrega", "error en la entrega",
    "fallo de entrega", "fallo en la entrega", "falló la entrega", "entrega fallida", "devuelto al remitente",
    "correo devuelto", "mensaje devuelto", "imposible entregar", "ha sido rechazad", "fue rechazad", "ha sido devuelt",
    "não entregue", "não foi entregue", "não pôde ser", "não pode ser entregue", "não foi possível entregar",
    "falha na entrega", "falha de entrega", "erro de entrega", "erro na entrega", "não pôde entregar",
    "devolvida ao remetente", "devolvido ao remetente", "mensagem devolvida", "e-mail devolvido", "foi rejeitad",
    "foi recusad", "impossível entregar", "entrega falhou", "não entrega",
    // Italian
    "non recapitat", "non consegnat", "mancata consegna", "mancato recapito", "mancata recapitazione",
    "non è stato possibile consegnare", "non è stato possibile recapitare", "impossibile consegnare",
    "impossibile recapitare", "non è stato consegn", "non è stato recapit", "non può essere consegn",
    "non può essere recapit", "errore di consegna", "errore di recapito", "consegna fallita",
    "è stato rifiutat", "è stato respint", "restituito al mittente", "consegna non riuscita",
    "recapito non riuscito", "mail non consegn",
    // Dutch
    "niet afgeleverd", "niet bezorgd", "niet worden afgeleverd", "niet worden bezorgd", "onbestelbaar",
    "niet aflever", "niet bezorg", "aflevering mislukt", "bezorging mislukt", "bezorgfout", "afleverfout",
    "niet besteld", "geretourneerd", "niet worden verzonden", "is geweigerd", "is mislukt",
    // Swedish, Danish, Norwegian, Finnish
    "inte levererat", "inte leverera", "inte levereras", "ej levere", "kunde inte lever", "gick inte att leverera", "olevererbar",
    "leveransfel", "leveransen misslyck", "leverans misslyck", "inte nått", "inte nå ", "ikke leveret", "ikke leveres", "ikke afleveret", "ikke levert",
    "kunne ikke lever", "leveringsfejl", "leveringsfeil", "ikke nået", "ei voitu toimittaa", "toimitus epäonnistui",
    "toimittaminen epäonnistui", "ei toimitettu", "perille toimitta", "ulevert",
    // Polish, Czech, Slovak, Hungarian, Romanian, Turkish
    "nie została dostarcz", "nie zostało dostarcz", "nie został dostarcz", "nie dostarczon", "nie można dostarczyć", "nie udało się dostarczyć",
    "niedostarczon", "błąd dostarcz", "błąd doręcz", "nie doręczon", "nie może być dostarcz", "nie można było dostarczyć", "zwrot do nadawcy", "niedostarczal",
    "nedoručiteln", "nebyla doručen", "nebyl doručen", "nelze doručit", "nepodařilo se doručit", "nemohla být doručen", "nemohl být doručen",
    "nedoručen", "nebolo možné doručiť", "nebola doručen", "nepodarilo sa doručiť", "kézbesítés sikertelen", "sikertelen kézbesítés", "nem kézbesít", "kézbesíthetetlen",
    "nem sikerült kézbesíteni", "nem lehetett kézbesíteni", "nem volt kézbesíthető", "nu a putut fi livrat", "nu a fost livrat", "livrare eșuat", "nelivrat", "nu a putut fi trimis",
    "teslim edilemedi", "teslim edilemeyen", "teslim edilmedi", "iletilemedi", "gönderilemedi", "teslimat başarısız", "iletilmedi",
    // Russian, Ukrainian, Bulgarian, Greek
    "не доставлен", "недоставлен", "не может быть доставлен", "не могло быть доставлен", "не было доставлен", "не была доставлен", "не удалось доставить",
    "невозможно доставить", "невозможность доставки", "недоставк", "ошибка доставки", "ошибка при доставке", "сбой доставки", "возвращено отправителю",
    "доставка не удалась", "доставить не удалось", "не отправлено", "не доставлено", "не вдалося доставити", "недоставлен", "не може бути доставлен", "помилка доставки",
    "не беше доставен", "не може да бъде доставен", "δεν παραδόθηκε", "αδυναμία παράδοσης", "αποτυχία παράδοσης", "δεν μπορεί να παραδοθεί", "δεν ήταν δυνατή η παράδοση",
    // Japanese, Chinese, Korean
    "配信できません", "配信できなかった", "配信不能", "配信エラー", "配信に失敗", "配送できません", "配送できなかった", "配送不能", "配送エラー", "配送に失敗", "送信できません",
    "送信できなかった", "送信エラー", "送信に失敗", "届きません", "届けられません", "届けることができません", "お届けできません", "お届けできなかった", "不達", "戻ってきました", "未配達", "エラーメール", "返送",
    "无法投递", "投递失败", "未能投递", "无法送达", "未送达", "未能送达", "退信", "发送失败", "被退回", "退回", "無法投遞", "投遞失敗", "無法傳遞", "傳遞失敗", "無法送達", "未能送達", "傳送失敗", "寄送失敗", "無法寄送", "寄信失敗",
    "배달되지", "전달되지", "배달할 수 없", "전달할 수 없", "전송 실패", "배달 실패", "전달 실패", "전송되지", "발송 실패", "발송되지", "반송",
    // Arabic, Hebrew, Thai, Vietnamese, Indonesian
    "تعذر تسليم", "لم يتم تسليم", "فشل تسليم", "فشل التسليم", "לא נמסר", "לא ניתן למסור", "מסירה נכשלה", "ไม่สามารถส่ง", "ส่งไม่สำเร็จ",
    "không thể gửi", "không gửi được", "gửi thất bại", "không thể chuyển", "tidak terkirim", "gagal dikirim", "tidak dapat dikirim", "tidak dapat terkirim",
});

constexpr auto kLate = std::to_array<std::string_view>({
    "not yet been delivered", "delivery delayed", "delivery is delayed", "delivery has been delayed", "delayed mail", "mail delayed", "message delayed", "delivery delay",
    "still being retried", "will be retried", "will keep trying", "still trying", "keep trying", "will continue to try", "could not yet be delivered",
    "not delivered yet", "temporary problem", "temporarily deferred", "is delayed", "was delayed", "been delayed", "still undelivered",
    "noch nicht zugestellt", "verzögert", "zustellverzögerung", "bisher nicht zugestellt", "weiterhin versucht", "noch nicht ausgeliefert",
    "pas encore été", "retardé", "remise différée", "retard de", "distribution différée", "aún no se ha", "aún no ha sido", "todavía no", "entrega retrasada", "entrega demorada", "retraso en la entrega", "se ha retrasado",
    "ainda não foi", "entrega atrasada", "atraso na entrega", "não foi ainda", "non ancora", "non è ancora", "consegna ritardata", "recapito ritardato", "ritardo nella consegna",
    "nog niet afgeleverd", "nog niet bezorgd", "vertraagd", "vertraging", "ännu inte", "fördröj", "försenad", "endnu ikke", "forsinket", "ennå ikke", "opóźnion", "jeszcze nie został", "opóźnienie", "zpoždě", "dosud nebyl", "késleltet", "késedelm", "gecikti", "gecikme",
    "еще не доставлен", "ещё не доставлен", "пока не доставлен", "задерж", "доставка отложена", "配信が遅れ", "配送が遅れ", "遅延", "まだ配信され", "再送", "延迟", "延遲", "尚未送达", "尚未送達", "尚未投递", "지연", "아직 배달", "아직 전달",
});
// clang-format on

constexpr WordSearch<kFailed.size()> kFailedSearch{kFailed};
constexpr WordSearch<kLate.size()> kLateSearch{kLate};

}  // namespace

DeliveryWords find_delivery_words(std::string_view normal) {
  normal = normal.substr(0, limits::kNoticeWordBytes);
  return {.failed = kFailedSearch.any_in(normal), .late = kLateSearch.any_in(normal)};
}

}  // namespace backstop::reading
