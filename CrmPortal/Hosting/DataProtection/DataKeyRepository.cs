using System.Xml.Linq;
using CrmPortal.Core.Platform.Data;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;

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
        // The framework's interface is synchronous, and so is this statement; a save of ours would have to be waited for.
        using var db = provider.CreateContext(null);
        var xml = element.ToString(SaveOptions.DisableFormatting);
        db.Database.ExecuteSql($"""insert into "DataKeys" ("Name", "Xml") values ({friendlyName}, {xml})""");
    }
}
