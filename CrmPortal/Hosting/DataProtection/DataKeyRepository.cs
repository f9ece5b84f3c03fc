using System.Xml.Linq;
using CrmPortal.Core.Data;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace CrmPortal.Hosting.DataProtection;

/// <summary>Keeps the data-protection keys in the database, so that every node reads the cookies of the others.</summary>
internal sealed class DataKeyRepository(IDatabaseProvider provider) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var db = provider.CreateContext(null);
        return [.. db.DataKeys.OrderBy(k => k.Id).Select(k => k.Xml).ToList().Select(XElement.Parse)];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        // The framework's interface is synchronous and changes are saved asynchronously only. It happens at the first start and
        // then every few months, on a thread of its own, so that no caller's context can be waited for.
        Task.Run(() => StoreAsync(element, friendlyName)).GetAwaiter().GetResult();
    }

    private async Task StoreAsync(XElement element, string friendlyName)
    {
        await using var db = provider.CreateContext(null);
        db.DataKeys.Add(new DataKey { Name = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting) });
        await db.SaveChangesAsync();
    }
}
