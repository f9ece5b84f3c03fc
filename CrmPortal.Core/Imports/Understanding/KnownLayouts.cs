namespace CrmPortal.Core.Imports;

/// <summary>
/// Files of other systems that are recognised by headings which stand together nowhere else. What the columns are does not follow from
/// it: that is understood as in any other file.
/// </summary>
internal static class KnownLayouts
{
    private static readonly (string Name, string[] Headings)[] Layouts =
    [
        .. new[]
        {
            ("Shopify orders", "name financialstatus lineitemquantity lineitemname lineitemprice"),
            ("Shopify customers", "defaultaddressaddress1 defaultaddresscity totalspent"),
            ("WooCommerce orders", "order nrevenueformatted netsales"),
            ("WooCommerce customers", "signup aov totalspend username"),
            ("Magento customers", "website store groupid addresscity"),
            ("PrestaShop customers", "socialtitle partneroffers registration"),
            ("BigCommerce customers", "storecredit addressid1 taxexemptcategory"),
            ("Lightspeed customers", "internalid lastnamepreposition streetname cocnumber"),
            ("Stripe customers", "createdutc delinquent disputelosses"),
            ("HubSpot contacts", "recordid leadstatus contactowner"),
            ("Pipedrive people", "personid personname personowner"),
            ("EspoCRM contacts", "emailaddressisoptedout donotcall assignedusername"),
            ("Odoo contacts", "companytype relatedcompany addresstype"),
            ("Zendesk users", "externalid restriction role organization"),
            ("Mailchimp audience", "memberrating optintime leid euid"),
            ("Klaviyo profiles", "klaviyoid profilecreatedon"),
            ("Google contacts", "email1value phone1value namesuffix"),
            ("Google contacts", "email1value yominame groupmembership"),
            ("Thunderbird address book", "primaryemail secondaryemail screenname homezipcode"),
            ("Fresha clients", "staffalert whatsappmarketingconsent emailnotifications"),
            ("Etsy sold order items", "saledate itemname listingid transactionid"),
            ("Amazon order report", "orderid orderitemid purchasedate quantitypurchased"),
            ("Outlook contacts", "emailaddress emailtype businessstreet homestreet"),
            ("Salesforce contacts", "contactid mailingstreet mailingcity accountname"),
            ("Square customers", "squarecustomerid creationsource instantprofile"),
            ("eBay orders", "salesrecordnumber ordernumber buyerusername itemnumber"),
        }.Select(l => (l.Item1, l.Item2.Split(' '))),
    ];

    /// <summary>The system that writes such headings, or null.</summary>
    public static string? Of(IEnumerable<string> plainHeadings)
    {
        var headings = plainHeadings.ToHashSet();
        return Layouts.Where(l => l.Headings.All(headings.Contains)).Select(l => l.Name).FirstOrDefault();
    }
}
