using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Documents;
using CrmPortal.Core.Fields;
using CrmPortal.Core.Orders;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Customers;

/// <summary>What the screen calls the fields and parts of a customer.</summary>
internal static class FieldLabels
{
    public static string Of(string field, IStringLocalizer<Texts> L) => field switch
    {
        nameof(Customer.GivenName) => L["First name"],
        nameof(Customer.FamilyName) => L["Last name"],
        nameof(Customer.DisplayName) => L["Name"],
        nameof(Customer.PreferredName) => L["Called"],
        nameof(Customer.EmailVerifiedAt) => L["E-mail verified"],
        nameof(Customer.PhoneVerifiedAt) => L["Phone verified"],
        nameof(Customer.TimeZone) => L["Time zone"],
        nameof(Customer.ContactFrom) => L["Contact from"],
        nameof(Customer.ContactUntil) => L["Contact until"],
        nameof(Customer.InactiveReason) => L["Reason of the deactivation"],
        nameof(Customer.Subscription) => L["Subscription"],
        nameof(Customer.FirstContactAt) => L["First contact"],
        nameof(Customer.Email) => L["E-mail"],
        nameof(Customer.Phone) => L["Phone"],
        nameof(Customer.ExternalId) => L["External id"],
        nameof(Customer.DateOfBirth) => L["Date of birth"],
        nameof(Customer.Gender) => L["Gender"],
        nameof(Customer.Language) => L["Language"],
        nameof(Customer.Currency) => L["Currency"],
        nameof(Customer.Source) => L["Source"],
        nameof(Customer.Status) => L["Status"],
        nameof(Customer.StatusBeforeDelete) => L["Status before"],
        nameof(Customer.BlockReason) => L["Reason of the block"],
        nameof(Customer.IsVip) => L["VIP"],
        nameof(Customer.VipReason) => L["Reason for VIP"],
        nameof(Customer.VipSince) => L["VIP since"],
        nameof(Customer.CreatedAt) => L["Created"],
        nameof(Customer.DeletedAt) => L["Deleted"],
        nameof(Customer.Number) => L["Number"],
        nameof(Address.Type) => L["Kind"],
        nameof(Address.IsDefault) => L["Default"],
        nameof(Address.Line1) => L["Street"],
        nameof(Address.Line2) => L["Address, second line"],
        nameof(Address.City) => L["City"],
        nameof(Address.State) => L["State or county"],
        nameof(Address.PostalCode) => L["Postal code"],
        nameof(Address.Country) => L["Country"],
        nameof(ContactPoint.Kind) => L["Kind"],
        nameof(ContactPoint.Value) => L["Value"],
        nameof(ContactPoint.Label) => L["Label"],
        "MergedFrom" => L["Merged from"],
        nameof(Note.Text) => L["Text"],
        nameof(Note.IsPrivate) => L["Only for its author"],
        nameof(Note.EditedAt) => L["Text changed"],
        nameof(Address.VerifiedAt) => L["Verified"],
        nameof(Address.VerifiedByName) => L["Verified by"],
        nameof(Address.Latitude) => L["Latitude"],
        nameof(Address.Longitude) => L["Longitude"],
        nameof(ContactPerson.Role) => L["Role"],
        nameof(ContactPerson.IsMain) => L["Main contact"],
        nameof(CommunicationPreference.Channel) => L["Channel"],
        nameof(CommunicationPreference.IsOptedIn) => L["Wanted"],
        nameof(Preference.Key) => L["Name"],
        nameof(ImportantDate.Day) => L["Day"],
        nameof(ImportantDate.IsYearly) => L["Comes every year"],
        nameof(Note.IsPinned) => L["Pinned"],
        nameof(Note.AuthorName) => L["Written by"],
        _ => field,
    };

    public static string Part(string entityType, IStringLocalizer<Texts> L) => entityType switch
    {
        nameof(Customer) => L["Customer"],
        nameof(Address) => L["Address"],
        nameof(ContactPoint) => L["Further contact"],
        nameof(CustomerTag) => L["Tag"],
        nameof(Note) => L["Note"],
        nameof(ContactPerson) => L["Person"],
        nameof(CommunicationPreference) => L["Messages the customer wants"],
        nameof(Preference) => L["Preference"],
        nameof(ImportantDate) => L["Important day"],
        nameof(Relationship) => L["Related customer"],
        nameof(CustomFieldValue) => L["Own field"],
        nameof(Consent) => L["Consent"],
        nameof(Document) => L["Document"],
        nameof(Avatar) => L["Picture"],
        nameof(Order) => L["Order"],
        nameof(OrderLine) => L["Line of an order"],
        nameof(Refund) => L["Refund"],
        nameof(RefundLine) => L["Line of a refund"],
        _ => entityType,
    };
}
