namespace CrmPortal.Core.Imports;

/// <summary>
/// What files call the fields, folded and without blanks, the surest words first: English, German, French, Spanish, Italian, Dutch,
/// Polish, Portuguese. Words before and behind a name are left out by <see cref="Heading"/> and need not be listed with it.
/// </summary>
internal static class FieldWords
{
    public const string ExternalId = """
        externalid customerid custid clientid id userid contactid accountid recordid internalid personid memberid profileid
        customernumber customerno custno customercode clientnumber membernumber externalreference reference ref euid kundennummer
        kundennr kundenid kundenkennung nclient noclient ncliente nocliente idclient numeroclient codeclient refclient idcliente
        numerocliente numerodecliente codigocliente codigodecliente codicecliente klantnummer klantnr klantid idklienta numerklienta
        nrklienta codigodocliente customer client number nummer numero
        """;

    public const string Number = "number customernumber customerno custno nummer numero";

    public const string GivenName = """
        givenname firstname forename first fname namefirst vorname rufname prenom nombre nombredepila nome primeironome voornaam
        imie
        """;

    public const string FamilyName = """
        familyname lastname surname last lname namelast nachname familienname zuname nom nomdefamille apellido apellidos cognome
        achternaam nazwisko sobrenome apelido apelidos ultimonome
        """;

    public const string FullName = """
        name fullname displayname customername clientname contactname completename namen vollername kundenname nomcomplet
        nometprenom prenometnom nombrecompleto nombreyapellidos nomecompleto nomeecognome cognomeenome nomecognome naam
        volledigenaam klantnaam imieinazwisko nazwaklienta nomecliente nomedocliente nome nombre nom customer client kunde cliente
        klant klient
        """;

    public const string Email = """
        email mail emailaddress mailaddress emails emailadresse mailadresse epost eposta courriel adressemail adresseemail
        adresseelectronique correo correoelectronico direcciondecorreo direcciondecorreoelectronico postaelettronica indirizzoemail
        emailadres mailadres adresemail adresmail emailklienta enderecodeemail enderecoeletronico
        """;

    public const string Phone = """
        phone phonenumber mobile mobilephone mobilenumber telephone tel cell cellphone cellnumber telephonenumber mobilephonenumber
        telefon telefonnummer telefonnr mobil mobilnummer mobiltelefon sms smsnumber whatsapp whatsappnumber handy handynummer
        rufnummer landline landlinenumber festnetz portable mobiletelephone numerodetelephone telephoneportable numerotelephone
        telefono movil celular numerodetelefono telefonomovil cellulare numeroditelefono telefonocellulare telefoon telefoonnummer
        mobiel mobielnummer mobieletelefoon numertelefonu nrtelefonu komorka telefonkomorkowy telefone telemovel numerodetelefone
        """;

    public const string Country = """
        country countrycode countryregion countryid countryname cc iso2 land landercode landcode staat pays codepays pais codigopais
        paese nazione stato kraj panstwo
        """;

    public const string DateOfBirth = """
        dateofbirth birthday birthdate dob birth geburtstag geburtsdatum gebdatum datedenaissance datenaissance anniversaire
        fechadenacimiento fechanacimiento cumpleanos datadinascita datanascita geboortedatum verjaardag dataurodzenia
        datadenascimento datanascimento aniversario
        """;

    public const string LoyaltyCard = """
        loyaltycard loyaltycardnumber loyaltycardno cardnumber membershipcard loyaltynumber kundenkarte kundenkartennummer
        cartedefidelite numerodecarte tarjetadefidelidad tarjetafidelidad cartafedelta tesserafedelta klantenkaart
        kartastalegoklienta cartaofidelidade
        """;

    public const string Gender = "gender sex geschlecht sexe genre genero sexo sesso genere geslacht plec";

    public const string Language = """
        language locale lang preferredlanguage sprache langue idioma lengua lingua taal jezyk
        """;

    public const string Currency = "currency currencycode wahrung devise monnaie moneda divisa valuta waluta moeda";

    public const string Source = "source origin leadsource herkunft quelle origen fuente provenienza herkomst bron zrodlo origem";

    public const string Vip = "vip isvip";

    public const string Tags = """
        tags tag labels label groupmembership interests grouplabels taglist categories kategorien schlagworte schlagworter
        stichworter markierungen etiketten etiquettes motscles etiquetas etichette tagi etykiety
        """;

    public const string Created = """
        created createdat createddate customersince createdon datecreated signup signupdate createdate creationdate registered
        registeredat registration registrationdate dateregistered datejoined joined joineddate membersince profilecreatedon
        confirmtime dateadded addedon addedat addedtime createdtime creationtime timecreated createtime inscription
        firstvisit firstseen erstellt erstelltam angelegt angelegtam anlagedatum
        registriert registriertam kundeseit datedecreation datecreation creele dateinscription datedinscription clientdepuis
        dateajout fechadecreacion fechacreacion fechaalta fechadealta fecharegistro fechaderegistro clientedesde creadoel
        datacreazione datadicreazione dataregistrazione clientedal aangemaakt aangemaaktop registratiedatum klantsinds
        datautworzenia utworzono datarejestracji datadecriacao datacriacao datadecadastro datadecadastramento criadoem
        """;

    public const string Note = """
        note notes memo about remark remarks comment comments staffalert internalnote description notiz notizen bemerkung bemerkungen
        kommentar anmerkung remarque remarques commentaire commentaires nota notas observaciones observacion comentarios
        osservazioni commenti opmerking opmerkingen uwagi notatka notatki observacoes
        """;

    public const string Points = """
        points pointsbalance pointbalance loyaltypoints rewardpoints balancepoints punkte punktestand treuepunkte soldepoints
        pointsdefidelite puntos saldodepuntos puntosacumulados punti saldopunti punten puntensaldo punkty saldopunktow pontos
        saldodepontos
        """;

    public const string Line1 = """
        street streetaddress streetname address address1 addressline1 addressline line1 street1 streetaddress1 addressstreet strasse
        strassenname strasseundhausnummer strassehausnummer anschrift adresse adresszeile1 adresszeile rue adresse1 adresseligne1
        ligneadresse1 direccion direccion1 calle domicilio indirizzo indirizzo1 via straat straatnaam adres adres1 adresregel1 ulica
        endereco endereco1 morada rua logradouro
        """;

    public const string HouseNumber = """
        housenumber housenr houseno streetnumber hausnummer hausnr huisnummer huisnr numero numerocivico civico numerodecasa
        numerocasa numerodomu nrdomu numerodaporta number nummer nr
        """;

    public const string HouseAddition = """
        housenumberaddition housenumberextension housenumbersuffix hausnummerzusatz toevoeging huisnummertoevoeging
        """;

    public const string NamePrefix = """
        familynameprefix lastnameprefix lastnamepreposition surnameprefix nameinfix infix tussenvoegsel tussenvoegsels
        namensvorsatz vorsatzwort
        """;

    public const string Line2 = """
        address2 addressline2 line2 street2 streetaddress2 streetaddressline2 extendedaddress addressadditional
        addresssupplement apartment suite
        aptsuite adresszusatz adresszeile2 strasse2 adresse2 complement complementdadresse complementadresse adresseligne2
        direccion2 complementodireccion indirizzo2 adres2 adresregel2 endereco2 complemento
        """;

    public const string City = """
        city town cityname locality suburb ort stadt wohnort ville commune ciudad poblacion localidad municipio citta comune
        localita plaats woonplaats stad miasto miejscowosc cidade localidade
        """;

    public const string State = """
        state region province county stateregion stateprovince provincecode statecode stateorprovince statename provincename
        bundesland kanton departement etat provincia estado comunidadautonoma regione provinciacode regio wojewodztwo distrito uf
        """;

    public const string PostalCode = """
        postalcode postcode zip zipcode zippostalcode zippostcode postalzip plz postleitzahl codepostal cp codigopostal cap
        codicepostale kodpocztowy codigopostale cep
        """;

    public const string Order = """
        order orderid ordernumber orderno saleid salenumber saleno salesid salesnumber invoice invoiceno
        invoicenumber invoiceid ordername ordernr orderreference receipt
        receiptnumber receiptno salesorder bestellnummer bestellnr bestellung auftragsnummer auftragsnr auftrag rechnungsnummer
        rechnungsnr belegnummer commande numerodecommande numerocommande nocommande ncommande ndecommande nodecommande nrcommande
        refcommande idcommande facture numerodefacture pedido nopedido nodepedido ndepedido numerodepedido numeropedido npedido
        idpedido factura numerodefactura ordine numeroordine numerodordine nordine idordine fattura numerofattura bestelling
        bestelnummer ordernummer factuurnummer zamowienie numerzamowienia nrzamowienia idzamowienia numerfaktury numerodopedido
        encomenda numerodaencomenda fatura name
        """;

    public const string Date = """
        date orderdate invoicedate saledate purchasedate placedat placedon orderedat orderedon createdat created createdon
        datecreated createddate timestamp transactiondate datum bestelldatum rechnungsdatum auftragsdatum belegdatum kaufdatum
        datecommande datedecommande datedelacommande datefacture dateachat fecha fechapedido fechadepedido fechadelpedido
        fechafactura fechadecompra data dataordine datadellordine dataacquisto orderdatum besteldatum factuurdatum datazamowienia
        datasprzedazy datadopedido datadacompra paidon paidat datepaid
        """;

    public const string Product = """
        sku customlabel product productid productcode stockcode itemcode itemsku productsku article articleno articlenumber
        articlecode itemno itemnumber partnumber artikelnummer artikelnr artikelno artnr artikel produktnummer referenceproduit
        refproduit refarticle codeproduit codearticle referencia referenciaproducto codigoproducto codigodeproducto codigoarticulo
        codicearticolo codiceprodotto codprodotto productcodenummer artikelcode kodproduktu symbol indeks codigoproduto
        codigodoproduto referenciaproduto asin ean gtin barcode code
        """;

    public const string Description = """
        description productname item itemname title producttitle productdescription itemtitle name product products bezeichnung
        artikelbezeichnung artikelname produktname produkt produkte beschreibung artikel designation libelle produit nomduproduit
        article descripcion nombredelproducto nombreproducto producto productos articulo descrizione nomeprodotto prodotto
        omschrijving productnaam artikelnaam nazwaproduktu nazwatowaru nazwa opis produkty descricao nomedoproduto produto
        """;

    public const string Category = """
        category productcategory producttype kategorie warengruppe categorie categoria categoriadeproducto kategoria
        """;

    public const string Brand = "brand vendor manufacturer marke hersteller marque fabricant marca fabricante produttore merk producent";

    public const string Quantity = """
        quantity qty units quantitypurchased quantityordered pieces pcs anzahl menge stuck stuckzahl quantite qte nombredarticles
        cantidad unidades cant quantita qta pezzi aantal hoeveelheid ilosc liczbasztuk quantidade qtd qtde
        """;

    public const string UnitPrice = """
        unitprice price soldfor priceperunit priceeach unitcost itemprice sellingprice retailprice retail verkaufspreis vk vkbrutto vkpreis
        bruttopreis preisbrutto preis einzelpreis stuckpreis preisprostuck prix
        prixunitaire pu precio preciounitario preciounidad prezzo prezzounitario prijs stuksprijs prijsperstuk cena cenajednostkowa
        preco precounitario valorunitario
        """;

    public const string Discount = """
        discountamount linediscount discounttotal promotiondiscount rabattbetrag montantremise montantdelaremise importedescuento
        importosconto kortingsbedrag kwotarabatu valordesconto discount
        """;

    public const string LineTotal = """
        itemtotal linetotal rowtotal lineamount linesubtotal extendedprice lineprice gesamtpreis positionssumme zeilensumme
        prixtotal totalligne montantligne preciototal totallinea prezzototale totaleriga totaalprijs regeltotaal wartosc cenarazem
        precototal totallinha total subtotal amount
        """;

    public const string OrderDiscount = """
        orderdiscount discountamount discounttotal totaldiscount cartdiscount rabattgesamt gesamtrabatt remisetotale descuentototal
        scontototale kortingtotaal
        """;

    public const string OrderTotal = """
        ordertotal netsales grandtotal totalamount orderamount nettotal total amount gesamtbetrag gesamtsumme bestellwert
        rechnungsbetrag summe totalttc montanttotal montant importetotal importe totalpedido totaldelpedido totale importototale
        totaleordine totaalbedrag totaal kwotacalkowita kwota razem valortotal totaldopedido
        """;

    public const string Payment = """
        paymentmethod payment zahlungsart zahlungsweise zahlungsmethode modedepaiement moyendepaiement formadepago metododepago
        metododipagamento betaalwijze betaalmethode metodaplatnosci formadepagamento metododepagamento
        """;

    public const string Tax = """
        taxamount linetax vatamount taxtotal steuerbetrag mwstbetrag montanttva montantdelatva importeiva importoiva btwbedrag
        kwotavat valoriva tax vat
        """;

    public const string Status = """
        status orderstatus financialstatus paymentstatus orderstate bestellstatus auftragsstatus zustand statut etat statutcommande
        estado estadodelpedido estadopedido stato statoordine orderstatus statuszamowienia situacao estadodopedido fulfillmentstatus
        """;

    public const string Channel = """
        channel saleschannel store source sourcename attribution ordertype marketplace ordersource kanal verkaufskanal
        vertriebskanal canal canaldevente canaldeventa canalevendita canaledivendita verkoopkanaal kanalsprzedazy canaldevenda
        """;

    public const string Rate = "rate exchangerate fxrate wechselkurs kurs tauxdechange tipodecambio tassodicambio wisselkoers";

    /// <summary>What an order calls whoever bought.</summary>
    public const string BuyerId = """
        externalid customerid custid clientid userid contactid accountid buyerid buyerusername buyer customernumber customerno
        custno customercode kundennummer kundennr kundenid numeroclient codeclient idclient idcliente codigocliente codicecliente
        klantnummer klantnr idklienta numerklienta customer client kunde cliente klant
        """;
}
