using CrmPortal.Core.Customers.Documents;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Search;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Customers;

public enum CustomerStatus { Active, Inactive, Blocked }

public enum CustomerSource { Other, Whatsapp, Referral, Website, SocialMedia }

public enum Gender { Unspecified, Female, Male, Diverse }

/// <summary>Where a customer stands with what they subscribe to, such as a service contract.</summary>
public enum SubscriptionState { None, Trial, Active, Suspended, Cancelled }

/// <summary>A private customer of the shop.</summary>
[AuditName("Customer", Label = "Customer")]
[OpenFields("Number", "GivenName", "FamilyName", "PreferredName", "EmailVerifiedAt", "PhoneVerifiedAt", "ExternalId", "Language",
    "Currency", "Country", "TimeZone", "ContactFrom", "ContactUntil", "PreferredAgentId", "AvatarId", "Source", "Status", "BlockReason",
    "InactiveReason", "Subscription", "MergedIntoId", "IsVip", "VipReason", "VipById", "VipSince", "CreatedAt", "FirstContactAt",
    "StatusBeforeDelete", "LoyaltyCard", MergeService.MergedField, AccountField, "Gender", "DeletedAt")]
[AuditLabel("Merged from", Field = MergeService.MergedField), AuditLabel("Account", Field = Customer.AccountField)]
public sealed class Customer : ICustomerOwned, IVersioned, ITimestamped
{
    /// <summary>Of the code of a tier.</summary>
    public const int TierLength = 20;

    /// <summary>The codes of the published contracts, from the lowest to the highest; a programme may have others.</summary>
    public static readonly IReadOnlyList<string> UsualTiers = ["bronze", "silver", "gold", "platinum"];

    public const int LoyaltyCardLength = 40;

    /// <summary>Under this name the history says what became of the account with which they sign in; it is no column.</summary>
    public const string AccountField = "Account";

    public long Id { get; internal init; }

    /// <summary><c>CUST-yyyyMMdd-NNNN</c>, given once.</summary>
    [AuditLabel("Number")] public required string Number { get; init; }

    private string? _email;
    private string? _phone;

    [AuditLabel("First name")] public string? GivenName { get; set; }
    [AuditLabel("Last name")] public string? FamilyName { get; set; }

    /// <summary>The preferred name, if it differs from given and family name.</summary>
    [AuditLabel("Preferred name")] public string? PreferredName { get; set; }

    /// <summary>What lists and headers show: the preferred name, the name, else e-mail, phone, external id or number.</summary>
    [NotAudited, AuditLabel("Name")] public string DisplayName { get; private set; } = "";

    /// <summary>The primary e-mail; another one has not been verified.</summary>
    [Sensitive, AuditLabel("E-mail")]
    public string? Email
    {
        get => _email;
        set
        {
            if (!string.Equals(_email, value, StringComparison.OrdinalIgnoreCase)) EmailVerifiedAt = null;
            _email = value;
        }
    }

    /// <summary>When the customer showed that the e-mail is theirs.</summary>
    [AuditLabel("E-mail verified")] public DateTimeOffset? EmailVerifiedAt { get; set; }

    /// <summary>The e-mail in lower case; unique among customers that are not in the trash.</summary>
    [NotAudited] public string? EmailKey { get; private set; }

    /// <summary>E.164 with the plus; unique among customers that are not in the trash. Another one has not been verified.</summary>
    [Sensitive, AuditLabel("Phone")]
    public string? Phone
    {
        get => _phone;
        set
        {
            if (_phone != value) PhoneVerifiedAt = null;
            _phone = value;
        }
    }

    /// <summary>When the customer showed that the phone is theirs.</summary>
    [AuditLabel("Phone verified")] public DateTimeOffset? PhoneVerifiedAt { get; set; }

    [AuditLabel("External id")] public string? ExternalId { get; set; }
    [Sensitive, AuditLabel("Date of birth")] public DateOnly? DateOfBirth { get; set; }

    /// <summary>Month and day of birth as month × 100 + day, by which birthdays are found.</summary>
    [NotAudited] public int? Birthday { get; private set; }
    [AuditLabel("Gender")] public Gender Gender { get; set; }

    /// <summary>BCP 47 tag of the language in which the customer is written to.</summary>
    [AuditLabel("Language")] public string Language { get; set; } = "en";

    /// <summary>ISO 4217.</summary>
    [AuditLabel("Currency")] public string? Currency { get; set; }

    /// <summary>ISO 3166-1 alpha-2 of the country that the customer lives in, known before any address is.</summary>
    [AuditLabel("Country")] public string? Country { get; set; }

    /// <summary>IANA name of the zone in which the hours for contact are meant; without one, the shop's.</summary>
    [AuditLabel("Time zone")] public string? TimeZone { get; set; }

    /// <summary>From when on, in their own time, the customer wants to be contacted; null means any hour.</summary>
    [AuditLabel("Contact from")] public TimeOnly? ContactFrom { get; set; }

    [AuditLabel("Contact until")] public TimeOnly? ContactUntil { get; set; }

    /// <summary>The member of staff who looks after the customer.</summary>
    [AuditLabel("Preferred agent")] public long? PreferredAgentId { get; set; }

    public User? PreferredAgent { get; private set; }

    /// <summary>The picture of <see cref="Avatar"/> that is shown.</summary>
    [AuditLabel("Picture")] public long? AvatarId { get; set; }

    [AuditLabel("Source")] public CustomerSource Source { get; set; }
    [AuditLabel("Status")] public CustomerStatus Status { get; private set; }
    [AuditLabel("Block reason")] public string? BlockReason { get; private set; }

    /// <summary>Why the customer was deactivated.</summary>
    [AuditLabel("Deactivation reason")] public string? InactiveReason { get; private set; }

    [AuditLabel("Subscription")] public SubscriptionState Subscription { get; set; }

    /// <summary>Whether the newest consent to advertising by e-mail is given and confirmed; see <see cref="Consents.Consent"/>.</summary>
    [NotAudited] public bool EmailMarketing { get; internal set; }

    /// <summary>The same for SMS.</summary>
    [NotAudited] public bool SmsMarketing { get; internal set; }

    /// <summary>The customer that this one was merged into; then this one is in the trash and leads there.</summary>
    [AuditLabel("Merged into")] public long? MergedIntoId { get; internal set; }

    [AuditLabel("VIP")] public bool IsVip { get; private set; }
    [AuditLabel("Reason for VIP")] public string? VipReason { get; private set; }

    /// <summary>Who set the flag; kept when the user goes.</summary>
    [AuditLabel("VIP set by")] public long? VipById { get; private set; }

    [AuditLabel("VIP since")] public DateTimeOffset? VipSince { get; private set; }
    [AuditLabel("Created")] public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the customer first came, where that is known and earlier than this record.</summary>
    [AuditLabel("First contact")] public DateTimeOffset? FirstContactAt { get; set; }

    [NotAudited] public DateTimeOffset UpdatedAt { get; set; }
    [NotAudited] public DateTimeOffset LastInteractionAt { get; set; }
    [AuditLabel("Deleted")] public DateTimeOffset? DeletedAt { get; private set; }

    /// <summary>What restoring gives back.</summary>
    [AuditLabel("Status before")] public CustomerStatus? StatusBeforeDelete { get; private set; }

    /// <summary>How many orders were paid; see <see cref="Orders.OrderStatistics"/> for this and the four below.</summary>
    [NotAudited] public int OrderCount { get; internal set; }

    /// <summary>
    /// Paid orders less refunds, in minor units of the shop's base currency; negative where more came back than is known as bought.
    /// </summary>
    [NotAudited] public long TotalSpent { get; internal set; }

    /// <summary>Spent per paid order, in the same units; null without one.</summary>
    [NotAudited] public long? AverageOrder { get; internal set; }

    [NotAudited] public DateTimeOffset? FirstOrderAt { get; internal set; }
    [NotAudited] public DateTimeOffset? LastOrderAt { get; internal set; }

    /// <summary>The number of the card that the customer shows at the till; unique.</summary>
    [AuditLabel("Loyalty card")] public string? LoyaltyCard { get; set; }

    /// <summary>What the customer's loyalty accounts hold together; see <see cref="Loyalty.LoyaltyAccount"/>.</summary>
    [NotAudited] public long Points { get; internal set; }

    /// <summary>
    /// The step of the loyalty ladder that holds; null for who has never been on it. The programme dates its steps.
    /// </summary>
    [NotAudited] public string? Tier { get; internal set; }

    /// <summary>Of a tier that was given by hand: the first instant at which it no longer holds.</summary>
    [NotAudited] public DateTimeOffset? TierUntil { get; internal set; }

    /// <summary>Whether the tier was given by hand and not reached.</summary>
    [NotAudited] public bool IsTierGiven { get; internal set; }

    /// <summary>How many of the customer's tickets are not solved; the tickets keep it.</summary>
    [NotAudited] public int OpenTickets { get; internal set; }

    /// <summary>The name folded for sorting, so that both databases sort alike.</summary>
    [NotAudited] public string SortName { get; private set; } = "";

    /// <summary>Folded words that anyone who sees customers may search.</summary>
    [NotAudited] public string NameText { get; private set; } = "";

    /// <summary>Folded e-mails and phones, searched only by those who may see them.</summary>
    [NotAudited] public string ContactText { get; private set; } = "";

    [NotAudited] public long Version { get; set; }

    /// <summary>The scores of the last calculation; null for who had no order that counts.</summary>
    public CustomerScore? Score { get; private set; }

    /// <summary>What the last calculation expects of the customer; null for who has no order that counts.</summary>
    public CustomerForecast? Forecast { get; private set; }

    public List<CustomerTag> Tags { get; } = [];
    public List<Address> Addresses { get; } = [];
    public List<ContactPoint> ContactPoints { get; } = [];
    public List<Note> Notes { get; } = [];
    public List<CustomFieldValue> CustomFields { get; } = [];
    public List<Document> Documents { get; } = [];
    public List<ContactPerson> ContactPersons { get; } = [];
    public List<CommunicationPreference> CommunicationPreferences { get; } = [];
    public List<Preference> Preferences { get; } = [];
    public List<ImportantDate> ImportantDates { get; } = [];

    /// <summary>The segments and groups that the customer is in, or was.</summary>
    public List<SegmentMember> Memberships { get; } = [];

    /// <summary>Ties to others, noted with this customer.</summary>
    public List<Relationship> Relationships { get; } = [];

    /// <summary>Ties to others, noted with them.</summary>
    public List<Relationship> RelationshipsOfOthers { get; } = [];

    long ICustomerOwned.CustomerId => Id;

    public void Activate()
    {
        Status = CustomerStatus.Active;
        BlockReason = null;
        InactiveReason = null;
    }

    public void Deactivate(string? reason = null)
    {
        Status = CustomerStatus.Inactive;
        BlockReason = null;
        InactiveReason = reason;
    }

    public void Block(string reason)
    {
        Status = CustomerStatus.Blocked;
        BlockReason = reason;
        InactiveReason = null;
    }

    public void SetVip(bool isVip, string? reason, long? byUserId, DateTimeOffset now)
    {
        if (IsVip == isVip && (!isVip || VipReason == reason)) return;
        IsVip = isVip;
        VipReason = isVip ? reason : null;
        VipById = isVip ? byUserId : null;
        VipSince = isVip ? now : null;
    }

    /// <summary>The status of another with its reasons, as merging takes it over.</summary>
    internal void TakeStatus(Customer from) => (Status, BlockReason, InactiveReason) = (from.StatusBeforeDelete ?? from.Status,
        from.BlockReason, from.InactiveReason);

    /// <summary>The VIP flag of another, with who set it when and why.</summary>
    internal void TakeVip(Customer from) => (IsVip, VipReason, VipById, VipSince) = (from.IsVip, from.VipReason, from.VipById,
        from.VipSince);

    public void MoveToTrash(DateTimeOffset now)
    {
        if (DeletedAt is not null) return;
        DeletedAt = now;
        StatusBeforeDelete = Status;
        Status = CustomerStatus.Inactive;
    }

    public void Restore()
    {
        if (DeletedAt is null) return;
        DeletedAt = null;
        Status = StatusBeforeDelete ?? CustomerStatus.Active;
        StatusBeforeDelete = null;
        // Whoever is there again leads to nobody else.
        MergedIntoId = null;
    }

    /// <summary>The form in which names are sorted.</summary>
    internal static string SortNameOf(string? name) =>
        // An index has a longest entry, and a few characters fold to many.
        SearchText.Cut(SearchText.Fold(name), CustomerRules.DisplayNameLength);

    /// <summary>Recomputes what follows from names and numbers; the context calls it before every save.</summary>
    internal void DeriveNames()
    {
        var fullName = $"{GivenName} {FamilyName}".Trim();
        DisplayName = SearchText.Cut(PreferredName ?? (fullName.Length > 0 ? fullName : null) ?? Email ?? Phone ?? ExternalId ?? Number,
            CustomerRules.DisplayNameLength);
        EmailKey = Email?.ToLowerInvariant();
        Birthday = DateOfBirth is { } born ? (born.Month * 100) + born.Day : null;
        SortName = SortNameOf(FamilyName is null ? GivenName ?? Number : $"{FamilyName} {GivenName}");
        // Digits typed with other separators are searched as bare digits, so those of numbers are here too.
        NameText = SearchText.ForIndex(fullName, PreferredName, Number, SearchText.Digits(Number), ExternalId,
            SearchText.Digits(ExternalId));
    }

    /// <summary>
    /// Recomputes the text in which e-mails and phones are found; the same values give the same text in whichever order they came.
    /// </summary>
    /// <param name="contactPoints">All further e-mails and phones of the customer.</param>
    internal void DeriveContacts(IEnumerable<ContactPoint> contactPoints) => ContactText = SearchText.ForIndex(
        [Email, SearchText.Digits(Phone), .. contactPoints.OrderBy(p => p.Value, StringComparer.Ordinal)
            .Select(p => p.Kind == ContactKind.Phone ? SearchText.Digits(p.Value) : p.Value)]);
}
