using System.Globalization;
using CrmPortal.Core.Network;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Network;

/// <summary>Words and figures of network access.</summary>
internal static class NetworkLabels
{
    private const int Step = 1_000;
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB"];

    public static string State(ConnectionState state, IStringLocalizer<Texts> L) => state switch
    {
        ConnectionState.Running => L["Lets in"],
        ConnectionState.Suspended => L["Suspended"],
        ConnectionState.NoPassword => L["Needs a new password"],
        ConnectionState.CustomerBlocked => L["Customer is blocked"],
        ConnectionState.CustomerInactive => L["Customer is not active"],
        ConnectionState.SubscriptionSuspended => L["Subscription is suspended"],
        _ => L["Subscription has ended"],
    };

    public static string Badge(ConnectionState state) => state switch
    {
        ConnectionState.Running => "badge badge-success",
        ConnectionState.Suspended or ConnectionState.SubscriptionSuspended or ConnectionState.NoPassword => "badge badge-warning",
        _ => "badge badge-danger",
    };

    public static string Verdict(AccessVerdict verdict, IStringLocalizer<Texts> L) => verdict switch
    {
        AccessVerdict.Accepted => L["Let in"],
        AccessVerdict.UnknownName => L["Unknown name"],
        AccessVerdict.WrongPassword => L["Wrong password"],
        AccessVerdict.NoPassword => L["No password that could be checked"],
        AccessVerdict.Suspended => L["Connection is suspended"],
        AccessVerdict.CustomerBlocked => L["Customer is blocked"],
        AccessVerdict.CustomerInactive => L["Customer is not active"],
        AccessVerdict.SubscriptionSuspended => L["Subscription is suspended"],
        _ => L["Subscription has ended"],
    };

    /// <summary>An amount of data in a unit that fits, as in <c>5.4 GB</c>.</summary>
    public static string Bytes(long bytes)
    {
        var (value, unit) = ((decimal)bytes, 0);
        for (; Math.Abs(value) >= Step && unit < Units.Length - 1; unit++) value /= Step;
        return $"{value.ToString(unit == 0 || value >= 100 ? "N0" : "0.#", CultureInfo.CurrentCulture)} {Units[unit]}";
    }

    /// <summary>A rate as people say it, as in <c>100 Mbit/s</c>.</summary>
    public static string Rate(int? kbps, IStringLocalizer<Texts> L) => kbps switch
    {
        null => L["no limit"],
        >= Step => $"{(kbps.Value / (decimal)Step).ToString("0.###", CultureInfo.CurrentCulture)} Mbit/s",
        _ => $"{kbps.Value.ToString(CultureInfo.CurrentCulture)} kbit/s",
    };

    /// <summary>A time as hours and minutes.</summary>
    public static string Hours(long seconds) => string.Create(CultureInfo.CurrentCulture, $"{seconds / 3600}:{seconds / 60 % 60:00} h");
}
