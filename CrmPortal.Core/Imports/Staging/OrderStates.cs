using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Core.Imports;

/// <summary>What other systems call the states of orders.</summary>
internal static class OrderStates
{
    private static readonly (OrderStatus Status, string Words)[] Known =
    [
        (OrderStatus.Pending, """
            pending open new created draft onhold hold awaitingpayment pendingpayment unpaid unfulfilled authorized authorised checkoutdraft
            offen neu ausstehend inwartestellung wartend wartetaufzahlung enattente attente nouvelle nouveau pendiente nuevo enespera
            abierto inattesa nuovo aperto sospeso inafwachting nieuw oczekujace nowe wstrzymane pendente novo emespera
            """),
        (OrderStatus.Paid, """
            paid processing inprocess inprogress paymentreceived paymentaccepted partiallyfulfilled partiallyshipped bezahlt inbearbeitung
            payee paye encours encoursdetraitement traitement pagado procesando enproceso pagato inlavorazione betaald inbehandeling
            wbehandeling zaplacone oplacone wrealizacji pago processando emprocessamento
            """),
        (OrderStatus.Shipped, """
            shipped sent dispatched intransit outfordelivery versandt versendet verschickt unterwegs expediee expedie envoyee enviado
            enviada despachado spedito inviato verzonden wyslane wyslano expedido
            """),
        (OrderStatus.Delivered, """
            delivered received zugestellt geliefert livree livre entregado entregada consegnato geleverd bezorgd dostarczone entregue
            """),
        (OrderStatus.Completed, """
            completed complete fulfilled done closed finished finalised finalized success successful abgeschlossen erledigt fertig terminee
            termine complete completee completado completada finalizado completato concluso voltooid afgerond zrealizowane zakonczone
            concluido partiallyrefunded partlyrefunded
            """),
        (OrderStatus.Cancelled, """
            cancelled canceled voided void failed declined expired abandoned storniert abgebrochen annulliert fehlgeschlagen annulee annule
            echouee echec cancelado cancelada anulado fallido annullato fallito geannuleerd mislukt anulowane nieudane cancelado falhado
            """),
    ];

    private static readonly HashSet<string> GivenBack = [.. Words("""
        refunded fullyrefunded returned chargeback chargedback erstattet zuruckerstattet retourniert rembourse remboursee reembolsado
        devuelto rimborsato terugbetaald zwrocone zwrot reembolsado devolvido
        """)];

    private static readonly Dictionary<string, OrderStatus> ByWord = Known.SelectMany(k => Words(k.Words).Select(w => (w, k.Status)))
        .DistinctBy(k => k.w).ToDictionary(k => k.w, k => k.Status);

    /// <param name="isGivenBack">Whether all of the money went back; then the order was completed before.</param>
    public static bool TryRead(string text, out OrderStatus status, out bool isGivenBack)
    {
        var word = string.Concat(SearchText.Fold(text).Where(char.IsLetter));
        // Programs write their own prefix before the state, such as "wc-completed".
        if (word.StartsWith("wc", StringComparison.Ordinal) && ByWord.ContainsKey(word[2..])) word = word[2..];
        isGivenBack = GivenBack.Contains(word);
        if (!isGivenBack) return ByWord.TryGetValue(word, out status);
        status = OrderStatus.Completed;
        return true;
    }

    private static string[] Words(string words) => words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
