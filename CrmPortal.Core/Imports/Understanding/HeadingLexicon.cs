namespace CrmPortal.Core.Imports;

/// <summary>The words that stand around the names of fields: before them those that say whose they are, behind them those that say
/// nothing.</summary>
internal static class HeadingLexicon
{
    /// <summary>Words before a name, folded, the longest first.</summary>
    public static readonly IReadOnlyList<(string Word, HeadingGroup Group)> Groups =
    [
        .. Words(HeadingGroup.Person, """
            person contact customer customers client clients buyer member subscriber patient guest profile account
            kunde kunden kaufer kontakt mitglied acheteur contacto cliente clientes comprador contatto acquirente
            klant klanten koper klient klienta kupujacy kontakt contato
            """),
        .. Words(HeadingGroup.Primary, """
            default primary main home address addr mailing physical residential correspondence private postal postaladdress billing
            billingaddress bill billto
            invoice invoicing homeaddress mailingaddress rechnung rechnungs rechnungsadresse haupt privat private adress adresse
            anschrift facturation facture facturacion principal fatturazione fattura indirizzo factuur facturatie adres factuuradres
            faktura faktury cobranca faturamento direccion direcciondefacturacion endereco adressedefacturation
            """),
        .. Words(HeadingGroup.Second, """
            shipping shippingaddress ship shipto delivery deliveryaddress work workaddress business businessaddress office company
            other otheraddress alternate alternative secondary second additional further recipient
            liefer lieferung lieferadresse versand versandadresse geschaftlich dienstlich arbeit beruflich
            livraison adressedelivraison travail envio direcciondeenvio trabajo spedizione consegna indirizzodispedizione
            verzend bezorg aflever afleveradres werk wysylki wysylka dostawy dostawa entrega enderecodeentrega trabalho
            """),
        .. Words(HeadingGroup.Line, """
            lineitem lineitems line item items product article position positions artikel produkt ligne produit article linea producto
            articulo riga prodotto articolo regel pozycja produktu towar linha produto
            """),
        .. Words(HeadingGroup.Order, """
            order orders sale sales purchase bestell bestellung bestellungs auftrag auftrags commande dela delacommande pedido delpedido
            ordine dellordine bestelling zamowienia zamowienie encomenda dopedido
            """),
    ];

    /// <summary>Words behind a name that do not change what it is.</summary>
    public static readonly HashSet<string> Behind = ["value", "wert", "valeur", "valor", "valore", "waarde", "wartosc", "work", "home",
        "mobile", "main", "primary", "private", "business", "personal", "other", "privat", "required", "optional"];

    /// <summary>Those of them that name the lesser of several.</summary>
    public static readonly HashSet<string> SecondBehind = ["other"];

    /// <summary>Words of what is beside the customer: their ids, mails and phones are not the customer's.</summary>
    public static readonly HashSet<string> OtherThings = ["address", "group", "company", "organization", "organisation", "owner", "agent",
        "account", "assigned", "staff", "user", "vat", "tax", "list", "store", "website", "parent", "device", "payment", "transaction",
        "order", "location", "tenant", "shop", "campaign", "referrer", "sales", "rep", "manager", "fax", "pager", "language", "locale",
        "state", "last", "plan"];

    private static IEnumerable<(string Word, HeadingGroup Group)> Words(HeadingGroup group, string words) =>
        words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Distinct().OrderByDescending(w => w.Length)
            .Select(w => (w, group));
}
