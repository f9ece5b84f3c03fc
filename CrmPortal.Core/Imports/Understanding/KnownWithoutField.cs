namespace CrmPortal.Core.Imports;

/// <summary>Names that are known and mean nothing that the import keeps, so that nothing else is made of them.</summary>
internal static class KnownWithoutField
{
    private const string Mark = "-";

    private static readonly ImportField[] Ours =
    [
        Named("company", """
            company companyname organization organisation organizationname organisationname businessname accountname relatedcompany
            associatedcompany employer firma firmenname unternehmen entreprise societe nomdelasociete empresa nombredeempresa azienda
            societa ragionesociale bedrijf bedrijfsnaam nazwafirmy nomedaempresa
            """),
        Named("middle name", "middlename additionalname secondname middleinitial zweitername deuxiemeprenom segundonombre secondonome"),
        Named("salutation", """
            salutation salutationname title titre titel socialtitle nameprefix honorific anrede civilite tratamiento titolo aanhef
            """),
        Named("tax number", """
            vatnumber vatid taxvat taxid taxnumber vat ustid umsatzsteuerid ustidnr steuernummer numerotva nif cif piva partitaiva
            codicefiscale btwnummer nip nipfirmy
            """),
        Named("customer group", "group customergroup groupid usergroup kundengruppe groupe groupeclient grupo gruppo klantgroep grupa"),
        Named("tier", "tier viptier loyaltytier tiername membershiplevel loyaltylevel stufe kundenstufe niveau nivel livello"),
        Named("shipping", """
            shipping ordershipping shippingprice shippingcost shippingcosts shippingamount shippingtotal deliverycost postage versand
            versandkosten porto fraisdeport fraisdelivraison gastosdeenvio spesedispedizione verzendkosten kosztwysylki frete portes
            """),
        Named("tax of the order", """
            taxes ordersalestax ordertax salestax totaltax tax vat mwst steuer tva iva btw vatpaidbybuyer
            """),
        Named("user name", "username login screenname nickname shortname maidenname fileas initials benutzername"),
        Named("fax", "fax faxnumber addressfax homefax workfax pager pagernumber"),
    ];

    public static IReadOnlyList<ImportField> Fields => Ours;

    public static bool Is(string field) => field.StartsWith(Mark, StringComparison.Ordinal);

    private static ImportField Named(string label, string words) =>
        new(Mark + label, label, words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
