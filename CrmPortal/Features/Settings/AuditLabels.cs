using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Features.Customers;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Settings;

/// <summary>What stands in the audit log, in words.</summary>
internal static partial class AuditLabels
{
    private static readonly string[] WithoutWords = ["User", "Role", "Tag", "CustomField", "ConsentWording", "CustomerFollower", "DuplicatePair",
        "Notification", "LoyaltyProgramme", "Reward", "RewardRedemption", "SignIn", "Passkey", "Segment", "SegmentTest", "SavedReport",
        "Report", "Job", "AuditEntry", "Shop"];

    public static string Kind(IStringLocalizer<Texts> L, string name) => name switch
    {
        "User" => L["User"],
        "Role" => L["Role"],
        "Tag" => L["Tag in the list"],
        "CustomField" => L["Custom field"],
        "CustomFieldValue" => L["Value of a custom field"],
        "ConsentWording" => L["Consent wording"],
        "CustomerFollower" => L["Follower"],
        "DuplicatePair" => L["Possible duplicate"],
        "Notification" => L["Notification"],
        "LoyaltyProgramme" => L["Loyalty programme"],
        "LoyaltyBooking" => L["Booking of points"],
        "TierChange" => L["Change of tier"],
        "Reward" => L["Reward"],
        "RewardRedemption" => L["Redeemed reward"],
        "CustomerTag" => L["Tag of a customer"],
        "Permission" => L["Permission"],
        "Segment" => L["Segment or group"],
        "GroupChoice" => L["Member of a group"],
        "SegmentTest" => L["Test of a segment"],
        "SavedReport" => L["Saved report"],
        "Report" => L["Report"],
        "SignIn" => L["Sign-in"],
        "Passkey" => L["Passkey"],
        "Shop" => L["Shop and brand"],
        "Job" => L["Job"],
        "AuditEntry" => L["Audit log"],
        _ => FieldLabels.Part(name, L),
    };

    /// <summary>A field of a record; those of records that are no part of a customer have no words of their own.</summary>
    public static string Field(IStringLocalizer<Texts> L, string kind, string field) => kind == "SignIn" ? SignIn(L, field)
        : WithoutWords.Contains(kind) ? Capital().Replace(field, m => " " + m.Value.ToLowerInvariant()).Trim()
        : FieldLabels.Of(kind, field, L);

    /// <summary>With what somebody signed in, or tried to.</summary>
    private static string SignIn(IStringLocalizer<Texts> L, string by) => by switch
    {
        "Password" => L["Password"],
        "Code" => L["Two-factor code"],
        "Passkey" => L["Passkey"],
        _ => by,
    };

    public static string Action(IStringLocalizer<Texts> L, AuditAction action) => action switch
    {
        AuditAction.Created => L["Created"],
        AuditAction.Updated => L["Edited"],
        AuditAction.Deleted => L["Deleted"],
        AuditAction.Viewed => L["Opened"],
        AuditAction.Revealed => L["Saw hidden values"],
        AuditAction.Exported => L["Exported"],
        AuditAction.SignedIn => L["Signed in"],
        _ => L["Was refused"],
    };

    public static string Badge(AuditAction action) => action switch
    {
        AuditAction.Refused or AuditAction.Deleted => "badge badge-danger",
        AuditAction.Revealed or AuditAction.Exported => "badge badge-warning",
        _ => "badge",
    };

    public static string Origin(IStringLocalizer<Texts> L, ActorOrigin origin) => origin switch
    {
        ActorOrigin.Browser => L["Browser"],
        ActorOrigin.Api => L["API"],
        ActorOrigin.Job => L["Job"],
        ActorOrigin.Command => L["Command line"],
        _ => L["The system"],
    };

    [GeneratedRegex("(?<=[a-z])[A-Z]")]
    private static partial Regex Capital();
}
