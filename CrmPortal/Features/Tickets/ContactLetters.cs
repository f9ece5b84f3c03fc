using System.Globalization;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Tickets;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Tickets;

/// <summary>The mail that confirms a message of the contact form, in the language of the page.</summary>
internal sealed class ContactLetters(IStringLocalizer<Texts> texts, ShopIdentity shop) : IContactLetters
{
    public (string Subject, string Text) Write(string ticket, string reference, string language)
    {
        var present = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
            return (texts["We have received your message ({0})", ticket], string.Join("\n\n",
                texts["Thank you for writing to {0}. We will answer as soon as we can.", shop.Name].Value,
                texts["If you want to add something, answer this mail."].Value,
                texts["If you did not write to us, somebody typed your address by mistake; you need not do anything."].Value,
                reference) + "\n");
        }
        finally
        {
            CultureInfo.CurrentUICulture = present;
        }
    }
}
