using System.Globalization;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Verification;
using CrmPortal.Hosting;
using CrmPortal.Layout;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Verification;

/// <summary>The mails and messages to customers, in their language where it is one of ours.</summary>
internal sealed class CustomerLetters(ServerAddress address, IStringLocalizer<Texts> localizer,
    ShopIdentity shop) : ICustomerLetters
{
    public (string Subject, string Text) ConfirmEmail(LetterReader reader, string token, string code) => In(reader, L => (
        L["Confirm your e-mail for {0}", shop.Name],
        Lines(
            L["Hello {0},", reader.Name],
            L["please confirm that this address is yours. Open this page and press the button; the link is valid for 24 hours:"],
            address.Page(CrmUrls.Confirm(token)).AbsoluteUri,
            L["Or tell us this code within ten minutes: {0}", code],
            L["If you do not know what this is about, ignore this message."])));

    public (string Subject, string Text) ConfirmConsent(LetterReader reader, string token, string? wording) => In(reader, L => (
        L["Please confirm your consent for {0}", shop.Name],
        Lines(
            [
                L["Hello {0},", reader.Name],
                L["we were told that you agree to the following. If so, open this page and press the button; the link is valid for 24 hours:"],
                address.Page(CrmUrls.Confirm(token)).AbsoluteUri,
                .. wording is null ? Array.Empty<string>() : [wording],
                L["If you do not agree, do nothing: you only agree by pressing the button."],
            ])));

    public (string Subject, string Text) Preferences(LetterReader reader, string token) => In(reader, L => (
        L["Your preferences at {0}", shop.Name],
        Lines(
            L["Hello {0},", reader.Name],
            L["here you can see and change what we may write to you about. The link is personal and valid for 30 days:"],
            PreferencesPage(token).AbsoluteUri)));

    public (string Subject, string Text) TierEnds(LetterReader reader, string tier, string next, DateOnly day) => In(reader, L => (
        L["Your tier {0} at {1}", tier, shop.Name],
        Lines(
            L["Hello {0},", reader.Name],
            L["as things stand, your tier {0} ends on {1}, and {2} applies from then on. Anything you buy until then still counts.", tier,
                Day(day, reader), next])));

    public (string Subject, string Text) PointsExpire(LetterReader reader, long points, DateOnly day) => In(reader, L => (
        L["Your points at {0}", shop.Name],
        Lines(
            L["Hello {0},", reader.Name],
            L["{0} of your points expire soon; the first of them can be spent until {1}.", points, Day(day, reader)])));

    public string PhoneCode(LetterReader reader, string code) =>
        In(reader, L => L["{0}: your code is {1}. It is valid for ten minutes.", shop.Name, code].Value);

    public Uri PreferencesPage(string token) => address.Page(CrmUrls.OwnPreferences(token));

    private static string Day(DateOnly day, LetterReader reader)
    {
        try
        {
            return day.ToString("D", CultureInfo.GetCultureInfo(reader.Language));
        }
        catch (CultureNotFoundException)
        {
            return day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        }
    }

    private static string Lines(params string[] parts) => string.Join("\n\n", parts) + "\n";

    private T In<T>(LetterReader reader, Func<IStringLocalizer, T> write)
    {
        var present = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(reader.Language);
            return write(localizer);
        }
        catch (CultureNotFoundException)
        {
            return write(localizer);
        }
        finally
        {
            CultureInfo.CurrentUICulture = present;
        }
    }
}
