import type { ImportField } from './options.ts'

/** How a field of ours is called elsewhere, in the form `nameKey` gives. */
interface Names {
  /** Whole names, the surest first. English, German, French, Spanish, Italian, Dutch, Portuguese. */
  names: readonly string[]
  /** Words that tell it inside a longer name... */
  words?: readonly string[]
  /** ...unless one of these stands there too. */
  not?: readonly string[]
}

function list(...lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split(',').map((name) => name.trim())).filter((name) => name !== '')
}

/** Not a price, unless nothing says how many there were. */
export const TOTALS: readonly string[] = list(
  'total, total price, item total, order total, amount, total amount, sum, gesamt, gesamtpreis,',
  'gesamtbetrag, summe, betrag, montant, montant total, importe, importe total, importo, totale, bedrag,',
  'totaal, valor total, total paid, value, wert, valor, valeur, valore, waarde,',
)

export const COLUMN_NAMES: Readonly<Record<ImportField, Names>> = {
  id: {
    names: list('id, uuid, guid'),
  },
  product_name: {
    names: list(
      'product name, product, item name, item, article, title, name, description, artikel, artikelname,',
      'artikelbezeichnung, produkt, produktname, bezeichnung, gegenstand, titel, beschreibung, produit,',
      'nom du produit, libelle, designation, nom, titre, producto, nombre del producto, articulo,',
      'nombre, titulo, prodotto, nome prodotto, nome del prodotto, articolo, titolo, productnaam, naam,',
      'omschrijving, produto, nome do produto, artigo, nome, what,',
    ),
    words: list(
      'product, produkt, artikel, produit, producto, articulo, prodotto, articolo, produto, item,',
      'article,',
    ),
    not: list(
      'id, number, nummer, nr, no, code, type, url, link, price, preis, prix, precio, prezzo, prijs,',
      'preco, count, category, date, sku, status, total, condition, group, brand, weight, notes,',
    ),
  },
  price: {
    names: list(
      'price, unit price, purchase price, price per unit, price paid, cost, paid, preis, einzelpreis,',
      'stuckpreis, kaufpreis, einkaufspreis, kosten, prix, prix unitaire, prix d achat, cout, precio,',
      'precio unitario, precio de compra, coste, costo, prezzo, prezzo unitario, prezzo di acquisto,',
      'prezzo d acquisto, prijs, stuksprijs, aankoopprijs, preco, preco unitario, preco de compra,',
      'custo,',
    ),
    words: list('price, preis, prix, precio, prezzo, prijs, preco, cost'),
    not: list(
      'shipping, versand, tax, vat, mwst, ust, discount, rabatt, fee, total, gesamt, sum, summe, sold,',
      'list, old, net, netto, resale, currency, wahrung, date, code, id,',
    ),
  },
  quantity: {
    names: list(
      'quantity, qty, count, pieces, pcs, number of items, menge, anzahl, stuck, stuckzahl, quantite,',
      'qte, cantidad, cant, unidades, quantita, qta, aantal, hoeveelheid, quantidade, qtd,',
    ),
    words: list('quantity, qty, menge, anzahl, quantite, cantidad, quantita, aantal, quantidade'),
    not: list('price, preis, returned, refunded'),
  },
  currency_code: {
    names: list(
      'currency code, currency, ccy, wahrung, waehrung, wahrungscode, devise, monnaie, moneda, divisa,',
      'valuta, munteenheid, moeda,',
    ),
    words: list('currency, wahrung, devise, moneda, divisa, valuta, moeda'),
    not: list('rate, kurs, date'),
  },
  retailer: {
    names: list(
      'retailer, store, shop, vendor, seller, merchant, supplier, bought at, bought from,',
      'purchased from, purchased at, purchase location, where, handler, handler name, handlername,',
      'haendler, geschaft, laden, verkaufer, lieferant, gekauft bei, magasin, vendeur, boutique,',
      'marchand, fournisseur, enseigne, tienda, vendedor, comercio, proveedor, negozio, venditore,',
      'fornitore, winkel, verkoper, leverancier, loja, fornecedor,',
    ),
    words: list(
      'retailer, store, shop, vendor, seller, merchant, handler, geschaft, magasin, vendeur, tienda,',
      'negozio, winkel, loja,',
    ),
    not: list('id, number, nr, url, link, rating, address, phone, email, credentials, date, price'),
  },
  brand: {
    names: list(
      'brand, brand name, manufacturer, maker, make, marke, hersteller, fabrikat, marque, fabricant,',
      'constructeur, marca, produttore, merk, fabrikant, fabricante,',
    ),
    words: list('brand, manufacturer, marke, hersteller, marque, fabricant, marca, fabricante, produttore, merk'),
    not: list('id, number, url, code, warranty'),
  },
  status: {
    names: list(
      'status, order status, delivery status, bestellstatus, lieferstatus, statut, etat, estado, stato,',
      'bestelstatus,',
    ),
  },
  purchase_date: {
    names: list(
      'purchase date, date of purchase, date purchased, purchased, purchased on, buy date, bought,',
      'bought on, date bought, order date, date, kaufdatum, einkaufsdatum, kauf am, gekauft, gekauft am,',
      'bestelldatum, rechnungsdatum, datum, date d achat, date de l achat, date achat, achete le,',
      'date de commande, fecha de compra, fecha compra, fecha, fecha de pedido, data di acquisto,',
      'data acquisto, data d acquisto, data, data ordine, aankoopdatum, gekocht op, besteldatum,',
      'data de compra, data da compra, data do pedido, invoice date, transaction date, when,',
    ),
    words: list('date, datum, fecha, data'),
    not: list(
      'warranty, garantie, garantia, garanzia, return, delivery, lieferung, liefer, ship, shipped,',
      'birth, due, created, updated, modified, expiry, expiration, end, ende, start, payment, update,',
    ),
  },
  notes: {
    names: list(
      'notes, note, comment, comments, remark, remarks, memo, notizen, notiz, bemerkung, bemerkungen,',
      'anmerkung, anmerkungen, kommentar, remarque, remarques, commentaire, commentaires, notas, nota,',
      'comentario, comentarios, observaciones, commento, commenti, opmerking, opmerkingen, notities,',
      'observacoes, details,',
    ),
    words: list('notes, comments, notizen, bemerkung, remarques, opmerkingen'),
    not: list('warranty, garantie'),
  },
  model_number: {
    names: list(
      'model number, model, model no, model name, part number, mpn, modell, modellnummer,',
      'modellbezeichnung, typ, typenbezeichnung, modele, numero de modele, reference, modelo,',
      'numero de modelo, modello, numero modello, modelnummer,',
    ),
    words: list('model, modell, modele, modelo, modello'),
    not: list('year, date, price'),
  },
  serial_number: {
    names: list(
      'serial number, serial, serial no, s n, sn, seriennummer, serien nr, serialnummer, geratenummer,',
      'numero de serie, n de serie, numero di serie, numero seriale, matricola, serienummer,',
    ),
    words: list('serial, seriennummer, serie, serienummer'),
  },
  order_number: {
    names: list(
      'order number, order id, order no, order, invoice number, invoice no, receipt number,',
      'bestellnummer, bestell nr, auftragsnummer, rechnungsnummer, belegnummer, numero de commande,',
      'n de commande, numero de facture, numero de pedido, n de pedido, numero de factura,',
      'numero ordine, numero d ordine, numero fattura, bestelnummer, ordernummer, factuurnummer,',
      'numero do pedido, numero da fatura,',
    ),
    words: list('order, bestellnummer, commande, pedido, ordine'),
    not: list('date, datum, fecha, data, status, total, price, currency, quantity'),
  },
  link: {
    names: list(
      'link, url, product url, product link, web address, website, webseite, produktlink, lien, enlace,',
      'collegamento, ligacao,',
    ),
    words: list('url, link'),
    not: list('image, photo, logo, receipt, bild'),
  },
  return_by: {
    names: list(
      'return by, return deadline, return until, return date, returnable until, ruckgabe bis,',
      'ruckgabefrist, ruckgabedatum, retour avant, date limite de retour, devolver antes de,',
      'fecha limite de devolucion, reso entro, retour voor, retourdatum, devolver ate,',
    ),
  },
  return_policy: {
    names: list(
      'return policy, returns, ruckgabe, ruckgaberecht, ruckgabebedingungen, politique de retour,',
      'politica de devolucion, politica di reso, retourbeleid, politica de devolucao,',
    ),
  },
  tax_deductible: {
    names: list(
      'tax deductible, deductible, steuerlich absetzbar, absetzbar, steuer absetzbar,',
      'deductible des impots, deducible, detraibile, deducibile, aftrekbaar, dedutivel,',
      'business expense,',
    ),
    words: list('absetzbar, deducible, detraibile, deducibile, aftrekbaar, dedutivel'),
  },
  tags: {
    names: list(
      'tags, tag, labels, label, category, categories, keywords, kategorie, kategorien, schlagworte,',
      'schlagworter, stichworte, categorie, etiquettes, mots cles, etiquetas, categoria, categorias,',
      'etichette, trefwoorden, group, gruppe, type, art,',
    ),
    words: list('tags, category, kategorie, categorie, categoria'),
    not: list('id'),
  },
  warranty_start: {
    names: list(
      'warranty start, warranty start date, warranty from, start of warranty, garantiebeginn,',
      'garantie ab, garantie von, debut de garantie, inicio de garantia, inizio garanzia,',
      'garantie start, begin garantie, inicio da garantia,',
    ),
  },
  warranty_end: {
    names: list(
      'warranty end, warranty end date, warranty until, warranty expires, warranty expiry,',
      'warranty expiration, warranty expiration date, warranty expiry date, warranty date,',
      'end of warranty, expiration date, expiry date, garantie bis, garantieende, ende der garantie,',
      'garantieablauf, fin de garantie, garantie jusqu au, fin de garantia, garantia hasta,',
      'fine garanzia, scadenza garanzia, garantie tot, einde garantie, fim da garantia, garantia ate,',
    ),
  },
  warranty_type: {
    names: list(
      'warranty type, type of warranty, garantieart, garantietyp, type de garantie, tipo de garantia,',
      'tipo di garanzia, soort garantie,',
    ),
  },
  warranty_status: {
    names: list('warranty status, garantiestatus, statut de garantie, estado de la garantia, stato garanzia'),
  },
  warranty_provider: {
    names: list('warranty provider, warranty by, warrantor, garantiegeber, garant, garantie durch'),
  },
  warranty_notes: {
    names: list(
      'warranty notes, warranty details, warranty info, warranty, garantie, garantiebedingungen,',
      'garantiedetails, garantia, garanzia,',
    ),
  },
  created_at: {
    names: list('created at'),
  },
  updated_at: {
    names: list('updated at'),
  },
}
