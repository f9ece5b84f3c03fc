using System.Globalization;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Tickets;
using CrmPortal.Hosting;
using CrmPortal.Layout;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Tickets;

/// <summary>The mail that asks a customer how it was, in their language where it is one of ours.</summary>
internal sealed class SurveyLetters(ServerAddress address, IStringLocalizer<Texts> texts, ShopIdentity shop) : ISurveyLetters
{
    public (string Subject, string Text) Write(string ticket, string subject, string language, long ratingId, string signature)
    {
        var present = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
            return Write(ticket, subject, ratingId, signature);
        }
        catch (CultureNotFoundException)
        {
            return Write(ticket, subject, ratingId, signature);
        }
        finally
        {
            CultureInfo.CurrentUICulture = present;
        }
    }

    private (string Subject, string Text) Write(string ticket, string subject, long ratingId, string signature) => (
        texts["How did we do? {0}", ticket],
        string.Join("\n\n",
            texts["You wrote to {0} about: {1}", shop.Name, subject].Value,
            texts["How satisfied are you with our answer? It takes a moment, without a sign-in:"].Value,
            address.Page(CrmUrls.Feedback(ratingId, signature)).AbsoluteUri) + "\n");
}
